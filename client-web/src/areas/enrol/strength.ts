/** A rough word on a passphrase. The rule is the length; the rest is advice. */

export const SHORTEST = 12;

export type Strength = 'short' | 'weak' | 'fair' | 'strong';

export function strengthOf(passphrase: string): Strength {
  if (passphrase.length < SHORTEST) return 'short';
  const different = new Set(passphrase.toLowerCase()).size;
  if (different < 6) return 'weak';
  const words = passphrase.trim().split(/\s+/).filter((word) => word.length > 2).length;
  if (words >= 4 || (passphrase.length >= 20 && different >= 10)) return 'strong';
  return 'fair';
}
