import { expect, it } from 'vitest';
import type { RegisterRecordView } from '../../engine/contract';
import { endOf, startOf } from '../../text/time';
import { EVERYTHING, organisationsIn, select } from './filter';

function record(id: string, part: Partial<RegisterRecordView>): RegisterRecordView {
  return {
    id,
    kind: 'disclosure',
    source: 'us',
    source_name: 'Wij',
    recipient_names: ['Zij'],
    author_name: '',
    at: 0,
    recorded_at: startOf('2026-11-22'),
    index: 0,
    verified: true,
    disclosure: null,
    consent: null,
    withdraws: null,
    ...part,
  } as RegisterRecordView;
}
const records = [
  record('out', {}),
  record('in', { source: 'them', source_name: 'Zij', recipient_names: ['Wij'] }),
  record('consent', { kind: 'consent', recipient_names: ['Derden'] }),
  record('late', { recorded_at: endOf('2026-11-22') }),
];
const found = (filter: Partial<typeof EVERYTHING>) => select(records, { ...EVERYTHING, ...filter }, 'us').map(({ id }) => id);

it('narrows by kind, direction, organisation and period', () => {
  expect(found({})).toEqual(['out', 'in', 'consent', 'late']);
  expect(found({ kind: 'consent' })).toEqual(['consent']);
  expect(found({ direction: 'in' })).toEqual(['in']);
  expect(found({ organisation: 'Zij' })).toEqual(['out', 'in', 'late']);
  expect(found({ from: '2026-11-22', until: '2026-11-22' })).toEqual(['out', 'in', 'consent']);
  expect(found({ from: '2026-11-23' })).toEqual(['late']);
});

it('offers the other organisations once each', () => {
  expect(organisationsIn(records, 'Wij')).toEqual(['Derden', 'Zij']);
});
