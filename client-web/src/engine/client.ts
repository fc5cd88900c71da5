/** The page's half of the conversation with the worker. */

import type { Topic } from './contract';
import { CallError, type Ask, type CallName, type Calls, type Phase, type Tell } from './rpc';

/** What a `Worker` offers of itself; the tests and the stand-in offer the same. */
export interface Port {
  postMessage(message: Ask): void;
  addEventListener(type: 'message', listener: (event: { data: Tell }) => void): void;
}

/** Asks the worker, matches its answers, and passes on what it tells unasked. */
export class EngineClient {
  readonly #port: Port;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: CallError) => void; queued: (() => void) | undefined }>();
  readonly #changed = new Set<(topics: Topic[]) => void>();
  readonly #moved = new Set<() => void>();
  #phase: Phase = { phase: 'starting' };
  #next = 1;

  constructor(port: Port) {
    this.#port = port;
    port.addEventListener('message', (event) => this.#hear(event.data));
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Asks the worker. `queued` is called when an intent is kept in the outbox, before its answer. */
  call<Name extends CallName>(call: Name, argument: Calls[Name]['in'], queued?: () => void): Promise<Calls[Name]['out']> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, queued });
      this.#port.postMessage({ id, call, argument } as Ask);
    });
  }

  /** Called with the topics that may have changed. Returns how to stop. */
  onChanged(listener: (topics: Topic[]) => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  /** Called when the phase has changed. Returns how to stop. */
  onPhase(listener: () => void): () => void {
    this.#moved.add(listener);
    return () => void this.#moved.delete(listener);
  }

  #hear(told: Tell): void {
    switch (told.tell) {
      case 'answer':
        this.#waiting.get(told.id)?.resolve(told.value as never);
        this.#waiting.delete(told.id);
        break;
      case 'failed':
        this.#waiting.get(told.id)?.reject(new CallError(told.code, told.detail));
        this.#waiting.delete(told.id);
        break;
      case 'queued':
        this.#waiting.get(told.id)?.queued?.();
        break;
      case 'changed':
        for (const listener of this.#changed) listener(told.topics);
        break;
      case 'phase':
        this.#phase = told.phase;
        for (const listener of this.#moved) listener();
        break;
    }
  }
}
