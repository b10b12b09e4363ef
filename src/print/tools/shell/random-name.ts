/** A part of a file name that no other call of the session has. */
export function randomName(random: () => number): string {
  return Math.floor(random() * 2 ** 40).toString(36);
}
