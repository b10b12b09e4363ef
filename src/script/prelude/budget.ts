/** `budget`: what the run may spend, told from outside with every answer. */
export interface Budget {
  readonly total: number | null;
  spent(): number;
  remaining(): number;
}

let spentTokens = 0;

/** Never goes back, whatever order messages come in. */
export function updateSpent(tokens: number): void {
  spentTokens = Math.max(spentTokens, tokens);
}

export function budgetOf(total: number | null): Budget {
  return Object.freeze({
    total,
    spent: () => spentTokens,
    remaining: () => (total === null ? Number.POSITIVE_INFINITY : Math.max(0, total - spentTokens)),
  });
}
