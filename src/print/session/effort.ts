/** `--effort`: how hard to think, and `ultracode`, which is that and the leave to run workflows unasked. */
import { EFFORTS, type Effort } from '../../core/call.ts';

const ULTRACODE = 'ultracode';
/** As measured. */
const ULTRACODE_EFFORT: Effort = 'xhigh';

export function isUltracode(asked: string | undefined): boolean {
  return asked === ULTRACODE;
}

export function effortOf(asked: string | undefined): Effort | undefined {
  return isUltracode(asked) ? ULTRACODE_EFFORT : EFFORTS.find((level) => level === asked);
}

export function effortWarnings(asked: string | undefined): string[] {
  if (asked === undefined || effortOf(asked) !== undefined) return [];
  return [
    `Warning: Unknown --effort value '${asked}' — ignoring it and using the default effort. Valid values: ${EFFORTS.join(', ')}.`,
  ];
}
