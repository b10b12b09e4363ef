/** Which arguments the parameters of a function stand for while its calls are followed: by where functions stand, as the language has it. */
import type { AnyNode } from 'acorn';
import type { FunctionNode } from './names-in.ts';

interface Frame {
  readonly its: FunctionNode;
  readonly bound: ReadonlyMap<string, AnyNode>;
}

export class CallFrames {
  readonly #frames: Frame[] = [];

  during(its: FunctionNode, bound: Frame['bound'], work: () => void): void {
    this.#frames.push({ its, bound });
    work();
    this.#frames.pop();
  }

  /** Of the function being followed, or of one that it stands in; not of one that only called it. */
  boundTo(name: string): AnyNode | undefined {
    const inner = this.#frames.at(-1)?.its;
    if (inner === undefined) return undefined;
    for (let at = this.#frames.length - 1; at >= 0; at--) {
      const frame = this.#frames[at];
      if (frame === undefined || frame.its.start > inner.start || frame.its.end < inner.end) continue;
      const found = frame.bound.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
