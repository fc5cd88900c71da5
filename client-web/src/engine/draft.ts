/** Typed text that is not lost: kept in the encrypted database while it is typed. */

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { EngineClient } from './client';
import { useEngine, useView } from './hooks';

/** How long after the last key the text is kept. */
const PAUSE = 250;

/** Keeps the newest text of one field, at most one write at a time being planned. */
export class DraftKeeper {
  readonly #client: EngineClient;
  readonly #key: string;
  #pending: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: EngineClient, key: string) {
    this.#client = client;
    this.#key = key;
  }

  typed(text: string): void {
    this.#pending = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE);
  }

  /** Writes now what was planned. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#pending === null) return;
    const text = this.#pending;
    this.#pending = null;
    // A draft that cannot be kept (locked in between) is still on screen; there is nobody to tell.
    this.#client.call('intent', { intent: 'keep_draft', key: this.#key, text }).catch(() => undefined);
  }
}

export interface Draft {
  /** Null until what was kept is read. */
  text: string | null;
  set: (text: string) => void;
  /** Writes something else than what is on screen, now. */
  keep: (text: string) => void;
}

/** The kept text of a field and how to change it. */
export function useDraft(key: string): Draft {
  const { client } = useEngine();
  const kept = useView({ view: 'draft', key });
  const [typed, setTyped] = useState<string | null>(null);
  const keeper = useRef<DraftKeeper | null>(null);
  useEffect(() => {
    const mine = new DraftKeeper(client, key);
    keeper.current = mine;
    const flush = () => mine.flush();
    window.addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
      mine.flush();
    };
  }, [client, key]);
  const set = useCallback((text: string) => {
    setTyped(text);
    keeper.current?.typed(text);
  }, []);
  const keep = useCallback(
    (text: string) => {
      const writer = keeper.current ?? new DraftKeeper(client, key);
      writer.typed(text);
      writer.flush();
    },
    [client, key],
  );
  const stored = kept.view?.text ?? (kept.loading ? null : '');
  return { text: typed ?? stored, set, keep };
}

export interface FormDraft<T> {
  /** Null until what was kept is read. */
  value: T | null;
  set: (change: Partial<T>) => void;
  /** Lets go of it: it was sent, or it is not wanted any more. */
  drop: () => void;
  /** Lets go of what is kept, not of what is on screen: it is in the outbox now, and must not come back as a draft. */
  release: () => void;
  /** Keeps what is on screen again, after {@link release}: it was refused. */
  retain: () => void;
  /** It was begun earlier and kept. */
  restored: boolean;
}

/** A form whose content survives a reload or a lock. What was kept is laid over `initial`, so that a newer form with more fields still opens. */
export function useFormDraft<T extends object>(key: string, initial: () => T): FormDraft<T> {
  const { text, set: keep, keep: write } = useDraft(key);
  const [start] = useState(initial);
  const [dropped, setDropped] = useState(false);
  const value = useMemo(() => {
    if (text === null) return null;
    return dropped || text === '' ? start : { ...start, ...parse<T>(text) };
  }, [text, dropped, start]);
  const set = useCallback(
    (change: Partial<T>) => {
      if (value === null) return;
      setDropped(false);
      keep(JSON.stringify({ ...value, ...change }));
    },
    [value, keep],
  );
  const drop = useCallback(() => {
    setDropped(true);
    keep('');
  }, [keep]);
  const release = useCallback(() => write(''), [write]);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  const retain = useCallback(() => {
    if (latest.current !== null) write(JSON.stringify(latest.current));
  }, [write]);
  const [first, setFirst] = useState<string | null>(null);
  if (first === null && text !== null) setFirst(text);
  return { value, set, drop, release, retain, restored: first !== null && first !== '' && !dropped };
}

function parse<T>(text: string): Partial<T> | null {
  try {
    return JSON.parse(text) as Partial<T> | null;
  } catch {
    return null;
  }
}
