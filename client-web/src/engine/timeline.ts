/** A conversation page by page: the newest stretch stays live, older ones are fetched once. */

import { useCallback, useState } from 'react';
import type { TimelineEntry, TimelineView } from './contract';
import { useEngine, useView } from './hooks';

export const STRETCH = 100;

/** Older entries in front of the live stretch. When they do not meet, the older ones are let go: a gap must not look like silence. */
export function join(older: readonly TimelineEntry[], live: readonly TimelineEntry[]): TimelineEntry[] {
  const first = live.find((entry) => entry.seq !== null)?.seq ?? null;
  if (first === null) return [...older, ...live];
  const newest = older.findLast((entry) => entry.seq !== null)?.seq ?? null;
  if (newest === null || newest < first - 1) return [...live];
  return [...older.filter((entry) => entry.seq !== null && entry.seq < first), ...live];
}

export interface Timeline {
  entries: TimelineEntry[];
  loading: boolean;
  more: boolean;
  fetching: boolean;
  fetchOlder: () => void;
}

export function useTimeline(channel: string): Timeline {
  const { client } = useEngine();
  const live = useView({ view: 'timeline', channel, before: null, limit: STRETCH });
  const [older, setOlder] = useState<TimelineView>({ entries: [], more: true });
  const [fetching, setFetching] = useState(false);
  const now = live.view?.entries ?? [];
  const entries = join(older.entries, now);
  const reaches = entries.length > now.length;
  const first = entries.find((entry) => entry.seq !== null)?.seq ?? null;
  const fetchOlder = useCallback(() => {
    if (first === null) return;
    setFetching(true);
    client.call('view', { view: 'timeline', channel, before: first, limit: STRETCH }).then(
      (answer) => {
        setFetching(false);
        if (!('ok' in answer) || answer.ok.view !== 'timeline') return;
        // The live stretch's own entries come along, so that the two keep meeting when it moves on.
        setOlder({ entries: [...answer.ok.entries, ...entries.filter((entry) => entry.seq !== null)], more: answer.ok.more });
      },
      () => setFetching(false),
    );
  }, [client, channel, first, entries]);
  return {
    entries,
    loading: live.loading && live.view === null,
    more: reaches ? older.more : (live.view?.more ?? false),
    fetching,
    fetchOlder,
  };
}
