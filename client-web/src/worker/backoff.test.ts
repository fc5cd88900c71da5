import { expect, it } from 'vitest';
import { delayBefore } from './backoff';

it('waits longer after every failure, up to half a minute', () => {
  const longest = [0, 1, 2, 6, 40].map((attempt) => delayBefore(attempt, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 30_000, 30_000]);
});

it('spreads over the upper half, and never waits nothing', () => {
  expect(delayBefore(0, () => 0)).toBe(250);
  expect(delayBefore(9, () => 0.5)).toBe(22_500);
});
