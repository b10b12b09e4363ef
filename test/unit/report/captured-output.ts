/** A stream that keeps what was written to it, write by write. */
import { Writable } from 'node:stream';

export class CapturedOutput extends Writable {
  readonly writes: string[] = [];

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.writes.push(chunk);
    done();
  }

  text(): string {
    return this.writes.join('');
  }

  lines(): string[] {
    return this.text().trimEnd().split('\n');
  }
}
