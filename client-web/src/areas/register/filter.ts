/** Narrowing the register down to what somebody looks for. */

import type { RegisterRecordView } from '../../engine/contract';
import { endOf, startOf } from '../../text/time';

export interface RegisterFilter {
  kind: 'all' | 'disclosure' | 'consent';
  /** The other organisation, by name; empty for all. */
  organisation: string;
  direction: 'all' | 'out' | 'in';
  from: string | null;
  until: string | null;
}

export const EVERYTHING: RegisterFilter = { kind: 'all', organisation: '', direction: 'all', from: null, until: null };

export function select(records: readonly RegisterRecordView[], filter: RegisterFilter, own: string): RegisterRecordView[] {
  const from = filter.from === null ? -Infinity : startOf(filter.from);
  const until = filter.until === null ? Infinity : endOf(filter.until);
  return records.filter(
    (record) =>
      (filter.kind === 'all' || record.kind === filter.kind) &&
      (filter.direction === 'all' || (record.source === own) === (filter.direction === 'out')) &&
      (filter.organisation === '' || record.source_name === filter.organisation || record.recipient_names.includes(filter.organisation)) &&
      record.recorded_at >= from &&
      record.recorded_at < until,
  );
}

/** Every other organisation that occurs, by name. */
export function organisationsIn(records: readonly RegisterRecordView[], ownName: string): string[] {
  const names = new Set(records.flatMap((record) => [record.source_name, ...record.recipient_names]));
  names.delete(ownName);
  return [...names].sort((one, other) => one.localeCompare(other));
}
