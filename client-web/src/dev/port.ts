/** A stand-in for the worker: answers as the test says, and tells what the test wants told. */

import type { Port } from '../engine/client';
import type { Ask, Tell } from '../engine/rpc';

export class TestPort implements Port {
  readonly asked: Ask[] = [];
  readonly #listeners: ((event: { data: Tell }) => void)[] = [];

  postMessage(message: Ask): void {
    this.asked.push(message);
  }

  addEventListener(_type: 'message', listener: (event: { data: Tell }) => void): void {
    this.#listeners.push(listener);
  }

  tell(data: Tell): void {
    for (const listener of this.#listeners) listener({ data });
  }

  /** Answers the newest open question of this name. */
  answer(call: Ask['call'], value: unknown): void {
    const ask = this.asked.findLast((each) => each.call === call);
    if (ask === undefined) throw new Error(`nobody asked ${call}`);
    this.tell({ tell: 'answer', id: ask.id, value });
  }
}

/** Lets everything that waits for an answer go on. */
export function settled(): Promise<void> {
  return new Promise((done) => setTimeout(done, 0));
}
