/**
 * Hosts the engine: gives it the socket, the clock and the timer it must not have of its own, and
 * carries out what its steps ask for. Knows nothing of the browser beyond what {@link Surroundings}
 * offers, so that tests can stand in for all of it.
 */

import type { Intent, IntentOutcome, Topic, ViewRequest } from '../engine/contract';
import { asCallError, CallError, type IntentAnswer, type Phase, type Profile, type ViewAnswer } from '../engine/rpc';
import { delayBefore } from './backoff';

/** What one step of the engine asks of its host. */
export interface Step {
  send: Uint8Array[];
  answers: { id: number; outcome: string; bytes?: Uint8Array }[];
  changed: string[];
  wakeAt: number | null | undefined;
  disconnect: string | null | undefined;
}

/** The engine in WebAssembly. */
export interface EnginePort {
  enrolled(): boolean;
  beginEnrol(token: string, now: number): string;
  finishEnrol(json: string, now: number): void;
  sessionToken(): string | undefined;
  connected(now: number): Step;
  disconnected(now: number): Step;
  frame(bytes: Uint8Array, now: number): Step;
  tick(now: number): Step;
  intent(id: number, json: string, now: number): Step;
  view(json: string, now: number): string;
  close(): void;
}

/** A connection to the server. */
export interface Line {
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface LineEvents {
  opened(): void;
  received(bytes: Uint8Array): void;
  closed(): void;
}

export interface Surroundings {
  openEngine(profile: Profile, passphrase: string): Promise<EnginePort>;
  connect(events: LineEvents): Line;
  enrolDevice(request: string): Promise<string>;
  now(): number;
  random(): number;
  after(millis: number, then: () => void): () => void;
  phase(phase: Phase): void;
  changed(topics: Topic[]): void;
}

/** Long enough to count as having been connected: the next failure starts with a short delay again. */
const SETTLED = 10_000;

export class EngineHost {
  readonly #around: Surroundings;
  readonly #answers = new Map<number, (answer: IntentAnswer) => void>();
  readonly #rejects = new Map<number, (error: CallError) => void>();
  #engine: EnginePort | null = null;
  #line: Line | null = null;
  #lineOpen = false;
  #openedAt = 0;
  #attempt = 0;
  #online = true;
  #nextIntent = 1;
  #cancelWake: () => void = () => undefined;
  #cancelRetry: () => void = () => undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async open(profile: Profile, passphrase: string): Promise<void> {
    if (this.#engine !== null) return;
    const engine = await this.#around.openEngine(profile, passphrase);
    this.#engine = engine;
    this.#around.phase({ phase: 'open', enrolled: engine.enrolled() });
    if (engine.enrolled()) this.#connect();
  }

  /** Closes the database and forgets everything that was read from it. */
  lock(): void {
    const engine = this.#engine;
    if (engine === null) return;
    this.#engine = null;
    this.#cancelWake();
    this.#cancelRetry();
    this.#hangUp();
    this.#lineOpen = false;
    for (const reject of this.#rejects.values()) reject(new CallError('locked', 'Locked before there was an answer.'));
    this.#answers.clear();
    this.#rejects.clear();
    engine.close();
    this.#around.phase({ phase: 'locked' });
  }

  async enrol(token: string): Promise<void> {
    const engine = this.#opened();
    const answer = await this.#around.enrolDevice(engine.beginEnrol(token, this.#around.now()));
    if (this.#engine !== engine) throw new CallError('locked', 'Locked before there was an answer.');
    engine.finishEnrol(answer, this.#around.now());
    this.#around.phase({ phase: 'open', enrolled: true });
    this.#connect();
  }

  view(request: ViewRequest): ViewAnswer {
    return JSON.parse(this.#opened().view(JSON.stringify(request), this.#around.now())) as ViewAnswer;
  }

  intent(intent: Intent): Promise<IntentAnswer> {
    const engine = this.#opened();
    const id = this.#nextIntent++;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, resolve);
      this.#rejects.set(id, reject);
      this.#step((now) => engine.intent(id, JSON.stringify(intent), now));
    });
  }

  sessionToken(): string {
    const token = this.#opened().sessionToken();
    if (token === undefined) throw new CallError('not_enrolled', 'This device is not enrolled.');
    return token;
  }

  /** What the browser says about the network. */
  network(online: boolean): void {
    if (this.#online === online) return;
    this.#online = online;
    this.#cancelRetry();
    this.#attempt = 0;
    if (online) this.#connect();
    else if (this.#line !== null) {
      this.#hangUp();
      this.#lost();
    }
  }

  #opened(): EnginePort {
    if (this.#engine === null) throw new CallError('locked', 'Unlock first.');
    return this.#engine;
  }

  #connect(): void {
    if (this.#engine === null || !this.#engine.enrolled() || this.#line !== null || !this.#online) return;
    // Events of a line that was given up must not reach the engine.
    const isCurrent = () => this.#line === line && this.#engine !== null;
    const line: Line = this.#around.connect({
      opened: () => {
        if (!isCurrent()) return;
        this.#lineOpen = true;
        this.#openedAt = this.#around.now();
        this.#step((now) => this.#opened().connected(now));
      },
      received: (bytes) => {
        if (isCurrent()) this.#step((now) => this.#opened().frame(bytes, now));
      },
      closed: () => {
        if (!isCurrent()) return;
        this.#line = null;
        this.#lost();
      },
    });
    this.#line = line;
  }

  #hangUp(): void {
    const line = this.#line;
    this.#line = null;
    line?.close();
  }

  /** The line is gone: the engine hears of it if it ever heard of the line, and a new try is planned. */
  #lost(): void {
    const wasOpen = this.#lineOpen;
    this.#lineOpen = false;
    if (wasOpen && this.#around.now() - this.#openedAt > SETTLED) this.#attempt = 0;
    if (wasOpen) this.#step((now) => this.#opened().disconnected(now));
    if (!this.#online || this.#engine === null) return;
    this.#cancelRetry();
    this.#cancelRetry = this.#around.after(delayBefore(this.#attempt++, () => this.#around.random()), () => this.#connect());
  }

  #step(take: (now: number) => Step): void {
    let step: Step;
    try {
      step = take(this.#around.now());
    } catch (thrown) {
      this.#stop(asCallError(thrown));
      return;
    }
    for (const bytes of step.send) this.#line?.send(bytes);
    for (const { id, outcome, bytes } of step.answers) this.#answer(id, outcome, bytes);
    if (step.changed.length > 0) this.#around.changed(step.changed.map((json) => JSON.parse(json) as Topic));
    if (typeof step.wakeAt === 'number') {
      this.#cancelWake();
      this.#cancelWake = this.#around.after(Math.max(0, step.wakeAt - this.#around.now()), () => {
        const engine = this.#engine;
        if (engine !== null) this.#step((now) => engine.tick(now));
      });
    }
    if (typeof step.disconnect === 'string' && this.#line !== null) {
      this.#hangUp();
      this.#lost();
    }
  }

  #answer(id: number, outcome: string, bytes: Uint8Array | undefined): void {
    const resolve = this.#answers.get(id);
    this.#answers.delete(id);
    this.#rejects.delete(id);
    const parsed = JSON.parse(outcome) as IntentOutcome;
    resolve?.(parsed.outcome === 'ok' && bytes !== undefined ? { ...parsed, bytes: new Uint8Array(bytes) } : parsed);
  }

  /** The engine failed in a way that leaves it unusable; what is on disk is whole. */
  #stop(error: CallError): void {
    this.#engine = null;
    this.#cancelWake();
    this.#cancelRetry();
    this.#hangUp();
    this.#lineOpen = false;
    for (const reject of this.#rejects.values()) reject(error);
    this.#answers.clear();
    this.#rejects.clear();
    this.#around.phase({ phase: 'stopped', detail: error.message });
  }
}
