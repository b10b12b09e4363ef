/** WebSearch: a tool that the API runs by itself, within a request. We only offer it, where it is permitted, and pay for it. */
import type { ToolSpec } from '../../api/model.ts';

/** A reply that searches for ever is a bill that grows for ever. */
const MAX_SEARCHES = 8;

export const WEB_SEARCH: ToolSpec = {
  name: 'WebSearch',
  description: '',
  inputSchema: {},
  asServerTool: { type: 'web_search_20250305', name: 'web_search', max_uses: MAX_SEARCHES },
};
