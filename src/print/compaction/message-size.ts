/** About how many tokens messages are, where the API has not counted them yet: four characters a token, an image as the API counts a large one. */
import { isJsonObject, type Json } from '../../core/json.ts';
import type { ConversationMessage } from '../api/model.ts';

const CHARACTERS_PER_TOKEN = 4;
const IMAGE_TOKENS = 1600;

export function tokensOf(messages: readonly ConversationMessage[]): number {
  return messages.reduce((sum, { content }) => sum + tokensIn(content), 0);
}

function tokensIn(content: readonly Json[]): number {
  let images = 0;
  const text = JSON.stringify(content, (_key, value: unknown) => {
    if (!isJsonObject(value) || value['type'] !== 'base64') return value;
    images += 1;
    return null;
  });
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN) + images * IMAGE_TOKENS;
}
