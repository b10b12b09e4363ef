/** Prices of the user's own, from the file that ANDWAIT_PRICES names: for models that the table does not know, or knows wrongly. */
import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { TokenPrices } from './models.ts';

export type Prices = ReadonlyMap<string, TokenPrices>;

export type PricesReading =
  | { readonly kind: 'ok'; readonly prices: Prices }
  | { readonly kind: 'bad'; readonly message: string };

const SHAPE = '{"<model>": {"input": 3, "output": 15}} in US dollars a million tokens';

/** `input` and `output` must be there; what the caches cost follows from `input` where it is not said. */
export async function readPrices(file: string): Promise<PricesReading> {
  try {
    const table: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isJsonObject(table)) return bad(file, `it is no JSON object; expected ${SHAPE}`);
    const prices = new Map<string, TokenPrices>();
    for (const [model, entry] of Object.entries(table)) {
      const read = pricesOf(entry);
      if (read === undefined) return bad(file, `'${model}' is ${JSON.stringify(entry)}; expected ${SHAPE}`);
      prices.set(model, read);
    }
    return { kind: 'ok', prices };
  } catch (error) {
    return bad(file, error instanceof Error ? error.message : String(error));
  }
}

function bad(file: string, why: string): PricesReading {
  return { kind: 'bad', message: `Error: ANDWAIT_PRICES names ${file}, which gives no prices: ${why}` };
}

function pricesOf(entry: Json): TokenPrices | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { input, output } = entry;
  if (!isPrice(input) || !isPrice(output)) return undefined;
  const told = {
    cacheWrite5m: entry['cacheWrite5m'] ?? input * 1.25,
    cacheWrite1h: entry['cacheWrite1h'] ?? input * 2,
    cacheRead: entry['cacheRead'] ?? input * 0.1,
  };
  const { cacheWrite5m, cacheWrite1h, cacheRead } = told;
  if (!isPrice(cacheWrite5m) || !isPrice(cacheWrite1h) || !isPrice(cacheRead)) return undefined;
  return { input, output, cacheWrite5m, cacheWrite1h, cacheRead };
}

function isPrice(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}
