/** How components see views and carry out intents. */

import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { EngineClient } from './client';
import type { Code, Connection, HomeView, Intent, LabelsView, Refusal, View, ViewRequest } from './contract';
import { asCallError, type IntentAnswer, type Phase } from './rpc';
import type { Seen, ViewStore } from './store';

export interface EngineTools {
  client: EngineClient;
  store: ViewStore;
}

export const EngineContext = createContext<EngineTools | null>(null);

export function useEngine(): EngineTools {
  const tools = use(EngineContext);
  if (tools === null) throw new Error('an EngineContext stands around the app');
  return tools;
}

export function usePhase(): Phase {
  const { client } = useEngine();
  return useSyncExternalStore(
    useCallback((watcher) => client.onPhase(watcher), [client]),
    () => client.phase,
  );
}

type ViewOf<R extends ViewRequest> = Extract<View, { view: R['view'] }>;

/** The view, kept fresh while the component is on screen. */
export function useView<R extends ViewRequest>(request: R): Seen<ViewOf<R>> {
  const { store } = useEngine();
  const key = JSON.stringify(request);
  const stable = useMemo(() => JSON.parse(key) as R, [key]);
  const seen = useSyncExternalStore(
    useCallback((watcher) => store.watch(key, stable, watcher), [store, key, stable]),
    () => store.read(key),
  );
  return seen as Seen<ViewOf<R>>;
}

/** As {@link useView}, but shows the last answer while the next one, to a changed question, is on its way. */
export function useSteadyView<R extends ViewRequest>(request: R): Seen<ViewOf<R>> {
  const seen = useView(request);
  const [last, setLast] = useState(seen);
  if (!seen.loading && last !== seen) setLast(seen);
  return seen.loading ? { ...last, loading: true } : seen;
}

export function useHome(): Seen<HomeView & { view: 'home' }> {
  return useView({ view: 'home' });
}

export function useConnection(): Connection {
  return useHome().view?.connection ?? { state: 'offline' };
}

export function useLabels(): LabelsView['lists'] {
  return useView({ view: 'labels' }).view?.lists ?? NO_LABELS;
}

const NO_LABELS: LabelsView['lists'] = {};

export interface Doing {
  /** Carries it out; gives null when it was refused, and then `refusal` says why. `queued` is called when it is kept in the outbox, before the answer. */
  run: (intent: Intent, queued?: () => void) => Promise<Extract<IntentAnswer, { outcome: 'ok' }> | null>;
  busy: boolean;
  refusal: Refusal | null;
  clear: () => void;
}

/** Carries out intents one at a time, with their state for the screen. */
export function useIntent(): Doing {
  const { client } = useEngine();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const mounted = useMounted();
  const run = useCallback<Doing['run']>(
    async (intent, queued) => {
      setBusy(true);
      setRefusal(null);
      const answer = await carryOut(client, intent, queued);
      if (mounted.current) {
        setBusy(false);
        if (answer.outcome === 'refused') setRefusal(answer.refusal);
      }
      return answer.outcome === 'ok' ? answer : null;
    },
    [client, mounted],
  );
  const clear = useCallback(() => setRefusal(null), []);
  return { run, busy, refusal, clear };
}

/** Whether the component is still on screen, for what happens after waiting. */
export function useMounted(): { readonly current: boolean } {
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  return mounted;
}

/** Carries out an intent; a failure of the worker reads like a refusal. `queued` is called when it is kept in the outbox. */
export async function carryOut(client: EngineClient, intent: Intent, queued?: () => void): Promise<IntentAnswer> {
  try {
    return await client.call('intent', intent, queued);
  } catch (thrown) {
    const error = asCallError(thrown);
    // The worker's own codes have their words beside those of the server.
    return { outcome: 'refused', refusal: { refused_by: 'server', problem: { code: error.code as Code, detail: error.message } } };
  }
}
