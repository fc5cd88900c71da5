import { expect, it } from 'vitest';
import type { TimelineEntry } from './contract';
import { join } from './timeline';

function entry(seq: number | null): TimelineEntry {
  return { seq, key: String(seq ?? 'waiting'), at: 0, by: null, by_name: '', by_organisation: '', mine: false, what: { kind: 'began' }, rejected: [] } as unknown as TimelineEntry;
}
const seqs = (entries: TimelineEntry[]) => entries.map(({ seq }) => seq);

it('older entries stand before the live ones, each once', () => {
  expect(seqs(join([1, 2, 3, 4].map(entry), [3, 4, 5].map(entry)))).toEqual([1, 2, 3, 4, 5]);
});

it('what waits stays at the end', () => {
  expect(seqs(join([1, 2].map(entry), [3, null].map(entry)))).toEqual([1, 2, 3, null]);
});

it('a gap between them is not shown as if nothing had been said', () => {
  expect(seqs(join([1, 2].map(entry), [9, 10].map(entry)))).toEqual([9, 10]);
});

it('without older entries the live ones stand as they are', () => {
  expect(seqs(join([], [4, 5].map(entry)))).toEqual([4, 5]);
});
