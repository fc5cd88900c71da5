/**
 * Hosts the engine: gives it the socket, the clock and the timer it must not have of its own, and
 * carries out what its steps ask for. Knows nothing of the browser beyond what {@link Surroundings}
 * offers, so that tests can stand in for all of it.
 */

import type { Code, Intent, IntentOutcome, Problem, Topic, ViewRequest } from '../engine/contract';
import { asCallError, CallError, type IntentAnswer, type Phase, type Profile, type ViewAnswer } from '../engine/rpc';
import { delayBefore } from './backoff';

/** What one step of the engine asks of its host. */
export interface Step {
  send: Uint8Array[];
  answers: { id: number; outcome: string; bytes?: Uint8Array }[];
  changed: string[];
  /** Intents that are in the outbox now; their answers come in a later step. */
  queued?: number[];
  wakeAt?: number;
  /** The problem as JSON, or null to connect anew; absent to stay. */
  disconnect?: string | null;
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

/** Problems that trying again does not solve. */
const FINAL: ReadonlySet<Code> = new Set<Code>(['unauthenticated', 'version_unsupported']);

export class EngineHost {
  readonly #around: Surroundings;
  readonly #answers = new Map<number, (answer: IntentAnswer) => void>();
  readonly #rejects = new Map<number, (error: CallError) => void>();
  readonly #queued = new Map<number, () => void>();
  #engine: EnginePort | null = null;
  #line: Line | null = null;
  #lineOpen = false;
  #openedAt = 0;
  #frames = 0;
  #problem: Code | null = null;
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
    this.#problem = null;
    this.#tellOpen(engine);
    if (engine.enrolled()) this.#connect();
  }

  /** Closes the database and forgets everything that was read from it. */
  lock(): void {
    const engine = this.#engine;
    if (engine === null) return;
    this.#forget();
    for (const reject of this.#rejects.values()) reject(new CallError('locked', 'Locked before there was an answer.'));
    this.#answers.clear();
    this.#rejects.clear();
    this.#queued.clear();
    engine.close();
    this.#around.phase({ phase: 'locked' });
  }

  async enrol(token: string): Promise<void> {
    const engine = this.#opened();
    const answer = await this.#around.enrolDevice(engine.beginEnrol(token, this.#around.now()));
    if (this.#engine !== engine) throw new CallError('locked', 'Locked before there was an answer.');
    engine.finishEnrol(answer, this.#around.now());
    this.#tellOpen(engine);
    this.#connect();
  }

  view(request: ViewRequest): ViewAnswer {
    return JSON.parse(this.#opened().view(JSON.stringify(request), this.#around.now())) as ViewAnswer;
  }

  /** Carries out an intent. `queued` is called when it is in the outbox. */
  intent(intent: Intent, queued?: () => void): Promise<IntentAnswer> {
    const engine = this.#opened();
    const id = this.#nextIntent++;
    return new Promise((resolve, reject) => {
      if (queued !== undefined) this.#queued.set(id, queued);
      this.#answers.set(id, resolve);
      this.#rejects.set(id, reject);
      this.#step((now) => engine.intent(id, JSON.stringify(intent), now), id);
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
    this.#problem = null;
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
        this.#frames = 0;
        this.#step((now) => this.#opened().connected(now));
      },
      received: (bytes) => {
        if (!isCurrent()) return;
        this.#step((now) => this.#opened().frame(bytes, now));
        // The first frame is the challenge; whatever follows it says that this device was let in.
        this.#frames += 1;
        if (this.#frames > 1 && isCurrent()) this.#settle();
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
    // Sent away for good: trying again would only be sent away again.
    const away = this.#problem !== null && FINAL.has(this.#problem);
    if (!this.#online || this.#engine === null || away) return;
    this.#cancelRetry();
    this.#cancelRetry = this.#around.after(delayBefore(this.#attempt++, () => this.#around.random()), () => this.#connect());
  }

  #settle(): void {
    if (this.#problem === null || this.#engine === null) return;
    this.#problem = null;
    this.#tellOpen(this.#engine);
  }

  #tellOpen(engine: EnginePort): void {
    this.#around.phase({ phase: 'open', enrolled: engine.enrolled(), problem: this.#problem });
  }

  #step(take: (now: number) => Step, intent?: number): void {
    let step: Step;
    try {
      step = take(this.#around.now());
    } catch (thrown) {
      const error = asCallError(thrown);
      // Words the engine does not know: the fault of that one call.
      if (intent !== undefined && error.code === 'invalid') this.#reject(intent, error);
      else this.#stop(error);
      return;
    }
    for (const id of step.queued ?? []) {
      this.#queued.get(id)?.();
      this.#queued.delete(id);
    }
    for (const bytes of step.send) this.#line?.send(bytes);
    for (const { id, outcome, bytes } of step.answers) this.#answer(id, outcome, bytes);
    if (step.changed.length > 0) this.#around.changed(step.changed.map((json) => JSON.parse(json) as Topic));
    if (step.wakeAt !== undefined) {
      this.#cancelWake();
      this.#cancelWake = this.#around.after(Math.max(0, step.wakeAt - this.#around.now()), () => {
        const engine = this.#engine;
        if (engine !== null) this.#step((now) => engine.tick(now));
      });
    }
    if (step.disconnect !== undefined && this.#line !== null) {
      if (step.disconnect !== null) {
        this.#problem = (JSON.parse(step.disconnect) as Problem).code;
        if (this.#engine !== null) this.#tellOpen(this.#engine);
      }
      this.#hangUp();
      this.#lost();
    }
  }

  #reject(id: number, error: CallError): void {
    this.#rejects.get(id)?.(error);
    this.#answers.delete(id);
    this.#rejects.delete(id);
    this.#queued.delete(id);
  }

  #answer(id: number, outcome: string, bytes: Uint8Array | undefined): void {
    const resolve = this.#answers.get(id);
    this.#answers.delete(id);
    this.#rejects.delete(id);
    this.#queued.delete(id);
    const parsed = JSON.parse(outcome) as IntentOutcome;
    resolve?.(parsed.outcome === 'ok' && bytes !== undefined ? { ...parsed, bytes: new Uint8Array(bytes) } : parsed);
  }

  /** The engine failed in a way that leaves it unusable; what is on disk is whole. */
  #stop(error: CallError): void {
    const engine = this.#engine;
    this.#forget();
    for (const reject of this.#rejects.values()) reject(error);
    this.#answers.clear();
    this.#rejects.clear();
    this.#queued.clear();
    try {
      engine?.close();
    } catch {
      // It failed already; the browser gives the files back when the worker ends.
    }
    this.#around.phase({ phase: 'stopped', detail: error.message });
  }

  #forget(): void {
    this.#engine = null;
    this.#cancelWake();
    this.#cancelRetry();
    this.#hangUp();
    this.#lineOpen = false;
  }
}
