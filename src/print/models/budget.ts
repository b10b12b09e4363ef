/** A limit in dollars can only be kept where prices are known: what is said where one is not. */

export function unpricedMessage(model: string, limitUsd: number): string {
  return `--max-budget-usd ${limitUsd} cannot be kept: the price of ${model} is not known. Name it in a file and the file in ANDWAIT_PRICES: {"${model}": {"input": 3, "output": 15}} in US dollars a million tokens.`;
}
