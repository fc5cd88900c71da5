import { expect, it } from 'vitest';
import { strengthOf } from './strength';

it.each([
  ['', 'short'],
  ['elf tekens!', 'short'],
  ['aaaaaaaaaaaaaaaa', 'weak'],
  ['Welkom2026!?', 'fair'],
  ['zeven groene fietsen zingen', 'strong'],
] as const)('“%s” is %s', (passphrase, strength) => {
  expect(strengthOf(passphrase)).toBe(strength);
});
