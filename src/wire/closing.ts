/** What has a `close` and no scope of its own, for `await using`: closed in every ending of the block. */
export function closing(what: { close(): Promise<void> }): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => what.close() };
}
