/** How long to wait before connecting again. */

const FIRST = 500;
const LONGEST = 30_000;

/** Doubles with every failed attempt and spreads over the upper half, so that clients do not return all at once. */
export function delayBefore(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
