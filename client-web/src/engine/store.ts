/** The views on screen: fetched once, shared, fetched again when their topic changes. */

import type { EngineClient } from './client';
import type { Refusal, Topic, View, ViewRequest } from './contract';
import { asCallError } from './rpc';
import { touches } from './topics';

/** One view as far as it is known. */
export interface Seen<V> {
  view: V | null;
  refusal: Refusal | null;
  loading: boolean;
}

interface Entry {
  request: ViewRequest;
  seen: Seen<View>;
  watchers: Set<() => void>;
  /** A fetch is under way. */
  busy: boolean;
  /** Something changed since the last fetch began. */
  stale: boolean;
}

const PASSING: ReadonlySet<ViewRequest['view']> = new Set<ViewRequest['view']>(['draft', 'disclosure_check', 'consent_check']);

const UNSEEN: Seen<View> = { view: null, refusal: null, loading: true };

export class ViewStore {
  readonly #client: EngineClient;
  readonly #entries = new Map<string, Entry>();

  constructor(client: EngineClient) {
    this.#client = client;
    client.onChanged((topics) => this.#change(topics));
    client.onPhase(() => {
      // What was decrypted does not outlive the open database.
      if (client.phase.phase !== 'open') this.#entries.clear();
    });
  }

  read(key: string): Seen<View> {
    return this.#entries.get(key)?.seen ?? UNSEEN;
  }

  /** Keeps the view fresh until the returned function is called. */
  watch(key: string, request: ViewRequest, watcher: () => void): () => void {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { request, seen: UNSEEN, watchers: new Set(), busy: false, stale: true };
      this.#entries.set(key, entry);
    }
    const watched = entry;
    watched.watchers.add(watcher);
    if (watched.stale) this.#fetch(key, watched);
    return () => {
      watched.watchers.delete(watcher);
      // Answers to passing questions, and drafts that are written from here, are asked for anew each time.
      if (watched.watchers.size === 0 && PASSING.has(request.view)) this.#entries.delete(key);
    };
  }

  #change(topics: Topic[]): void {
    for (const [key, entry] of this.#entries) {
      if (!topics.some((topic) => touches(topic, entry.request))) continue;
      entry.stale = true;
      if (entry.watchers.size > 0) this.#fetch(key, entry);
    }
  }

  #fetch(key: string, entry: Entry): void {
    if (entry.busy) return;
    entry.busy = true;
    entry.stale = false;
    this.#client
      .call('view', entry.request)
      .then<Seen<View>, Seen<View>>(
        (answer) =>
          'ok' in answer
            ? { view: answer.ok, refusal: null, loading: false }
            : { view: entry.seen.view, refusal: answer.refused, loading: false },
        (thrown: unknown) => ({
          view: entry.seen.view,
          refusal: { refused_by: 'local', code: 'invalid', detail: asCallError(thrown).message },
          loading: false,
        }),
      )
      .then((seen) => {
        entry.busy = false;
        if (this.#entries.get(key) !== entry) return;
        entry.seen = seen;
        for (const watcher of entry.watchers) watcher();
        if (entry.stale && entry.watchers.size > 0) this.#fetch(key, entry);
      })
      .catch((error: unknown) => reportError(error));
  }
}
