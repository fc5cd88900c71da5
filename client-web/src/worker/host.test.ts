import { beforeEach, expect, it } from 'vitest';
import type { Topic } from '../engine/contract';
import { CallError, type Phase } from '../engine/rpc';
import { EngineHost, type EnginePort, type LineEvents, type Step } from './host';

const NOTHING: Step = { send: [], answers: [], changed: [] };
const PROFILE = { name: 'x', salt: '00'.repeat(16) };

/** An engine that records what it is told and answers what the test wants. */
class TestEngine implements EnginePort {
  heard: string[] = [];
  isEnrolled = true;
  next: Partial<Step> = {};
  fails: CallError | null = null;

  enrolled = () => this.isEnrolled;
  beginEnrol = (token: string) => `request of ${token}`;
  finishEnrol = (json: string) => {
    this.heard.push(`finished with ${json}`);
    this.isEnrolled = true;
  };
  sessionToken = () => 'token';
  connected = () => this.#step('connected');
  disconnected = () => this.#step('disconnected');
  frame = (bytes: Uint8Array) => this.#step(`frame ${bytes.length}`);
  tick = () => this.#step('tick');
  intent = (id: number, json: string) => this.#step(`intent ${id} ${json}`);
  view = () => '{"ok":{"view":"cases","cases":[]}}';
  close = () => void this.heard.push('closed');

  #step(what: string): Step {
    if (this.fails !== null) throw this.fails;
    this.heard.push(what);
    const step = { ...NOTHING, ...this.next };
    this.next = {};
    return step;
  }
}

let engine: TestEngine;
let lines: { events: LineEvents; sent: number[]; closed: boolean }[];
let timers: { millis: number; then: () => void; live: boolean }[];
let phases: Phase[];
let changed: Topic[][];
let now: number;
let host: EngineHost;

beforeEach(() => {
  engine = new TestEngine();
  lines = [];
  timers = [];
  phases = [];
  changed = [];
  now = 1_000;
  host = new EngineHost({
    openEngine: () => Promise.resolve(engine),
    connect(events) {
      const line = { events, sent: [] as number[], closed: false };
      lines.push(line);
      return { send: (bytes) => void line.sent.push(bytes.length), close: () => void (line.closed = true) };
    },
    enrolDevice: (request) => Promise.resolve(`answer to ${request}`),
    now: () => now,
    random: () => 1,
    after(millis, then) {
      const timer = { millis, then, live: true };
      timers.push(timer);
      return () => void (timer.live = false);
    },
    phase: (phase) => phases.push(phase),
    changed: (topics) => changed.push(topics),
  });
});

const live = () => timers.filter((timer) => timer.live);

it('opening connects, and what the engine wants sent goes out', async () => {
  await host.open(PROFILE, 'secret');
  expect(phases).toEqual([{ phase: 'open', enrolled: true, problem: null }]);
  engine.next = { send: [new Uint8Array(3)], changed: ['{"topic":"home"}'] };
  lines[0]?.events.opened();
  expect(engine.heard).toEqual(['connected']);
  expect(lines[0]?.sent).toEqual([3]);
  expect(changed).toEqual([[{ topic: 'home' }]]);
});

it('a device that is not enrolled connects after enrolment', async () => {
  engine.isEnrolled = false;
  await host.open(PROFILE, 'secret');
  expect(lines).toHaveLength(0);
  await host.enrol('token');
  expect(engine.heard).toEqual(['finished with answer to request of token']);
  expect(lines).toHaveLength(1);
});

it('a lost line is told to the engine and tried again, later each time', async () => {
  await host.open(PROFILE, 'secret');
  lines[0]?.events.opened();
  lines[0]?.events.closed();
  expect(engine.heard).toEqual(['connected', 'disconnected']);
  expect(live().map(({ millis }) => millis)).toEqual([500]);
  timers[0]?.then();
  lines[1]?.events.closed();
  expect(engine.heard).toEqual(['connected', 'disconnected']);
  expect(live().at(-1)?.millis).toBe(1000);
});

it('after a settled connection the first retry is quick again', async () => {
  await host.open(PROFILE, 'secret');
  for (let attempt = 0; attempt < 4; attempt += 1) {
    lines.at(-1)?.events.closed();
    timers.at(-1)?.then();
  }
  lines.at(-1)?.events.opened();
  now += 60_000;
  lines.at(-1)?.events.closed();
  expect(timers.at(-1)?.millis).toBe(500);
});

it('without a network nothing is tried, and with it at once', async () => {
  await host.open(PROFILE, 'secret');
  lines[0]?.events.opened();
  host.network(false);
  expect(lines[0]?.closed).toBe(true);
  expect(engine.heard.at(-1)).toBe('disconnected');
  expect(live()).toHaveLength(0);
  host.network(true);
  expect(lines).toHaveLength(2);
});

it('events of a line that was given up do not reach the engine', async () => {
  await host.open(PROFILE, 'secret');
  lines[0]?.events.opened();
  host.network(false);
  const heard = engine.heard.length;
  lines[0]?.events.received(new Uint8Array(1));
  lines[0]?.events.closed();
  expect(engine.heard).toHaveLength(heard);
});

it('an intent is answered when the engine answers it, and a package brings its bytes', async () => {
  await host.open(PROFILE, 'secret');
  const answer = host.intent({ intent: 'refresh' }, () => undefined);
  engine.next = { answers: [{ id: 1, outcome: '{"outcome":"ok","reply":{"reply":"done"}}', bytes: new Uint8Array([7]) }] };
  lines[0]?.events.opened();
  expect(await answer).toEqual({ outcome: 'ok', reply: { reply: 'done' }, bytes: new Uint8Array([7]) });
});

it('an intent that is safe in the outbox is told before its answer', async () => {
  await host.open(PROFILE, 'secret');
  const told: string[] = [];
  engine.next = { queued: [1] };
  const answer = host.intent({ intent: 'refresh' }, () => told.push('queued')).then(() => told.push('answered'));
  expect(told).toEqual(['queued']);
  engine.next = { answers: [{ id: 1, outcome: '{"outcome":"ok","reply":{"reply":"done"}}' }] };
  lines[0]?.events.opened();
  await answer;
  expect(told).toEqual(['queued', 'answered']);
});

it('an answer for an intent of an earlier life is dropped', async () => {
  await host.open(PROFILE, 'secret');
  engine.next = { answers: [{ id: 99, outcome: '{"outcome":"ok","reply":{"reply":"done"}}' }] };
  lines[0]?.events.opened();
  expect(phases).toHaveLength(1);
});

it('the engine is woken when it asked to be, and by its last wish only', async () => {
  await host.open(PROFILE, 'secret');
  engine.next = { wakeAt: now + 5_000 };
  lines[0]?.events.opened();
  engine.next = { wakeAt: now + 2_000 };
  lines[0]?.events.received(new Uint8Array(1));
  expect(live().map(({ millis }) => millis)).toEqual([2_000]);
  live()[0]?.then();
  expect(engine.heard.at(-1)).toBe('tick');
});

it('locking closes the database and the line, and rejects what waited', async () => {
  await host.open(PROFILE, 'secret');
  lines[0]?.events.opened();
  const answer = host.intent({ intent: 'refresh' }, () => undefined);
  host.lock();
  await expect(answer).rejects.toMatchObject({ code: 'locked' });
  expect(engine.heard.at(-1)).toBe('closed');
  expect(lines[0]?.closed).toBe(true);
  expect(phases.at(-1)).toEqual({ phase: 'locked' });
  expect(() => host.view({ view: 'cases' })).toThrow(CallError);
});

it('a device that is sent away for good does not knock again, and the screen is told', async () => {
  await host.open(PROFILE, 'secret');
  lines[0]?.events.opened();
  engine.next = { disconnect: '{"code":"unauthenticated","detail":""}' };
  lines[0]?.events.received(new Uint8Array(1));
  expect(phases.at(-1)).toEqual({ phase: 'open', enrolled: true, problem: 'unauthenticated' });
  expect(live()).toHaveLength(0);
});

it('a device that is sent away for now comes back, and the problem is forgotten', async () => {
  await host.open(PROFILE, 'secret');
  lines[0]?.events.opened();
  engine.next = { disconnect: '{"code":"unavailable","detail":""}' };
  lines[0]?.events.received(new Uint8Array(1));
  live()[0]?.then();
  lines[1]?.events.opened();
  lines[1]?.events.received(new Uint8Array(1));
  expect(phases.at(-1)).toMatchObject({ problem: 'unavailable' });
  lines[1]?.events.received(new Uint8Array(1));
  expect(phases.at(-1)).toMatchObject({ problem: null });
});

it('an engine that fails stops in words; a call it does not understand fails alone', async () => {
  await host.open(PROFILE, 'secret');
  lines[0]?.events.opened();
  engine.fails = new CallError('invalid', 'not understood');
  await expect(host.intent({ intent: 'refresh' }, () => undefined)).rejects.toMatchObject({ code: 'invalid' });
  expect(phases.at(-1)).toMatchObject({ phase: 'open' });
  engine.fails = new CallError('storage_failed', 'the disk is gone');
  await expect(host.intent({ intent: 'refresh' }, () => undefined)).rejects.toMatchObject({ code: 'storage_failed' });
  expect(phases.at(-1)).toEqual({ phase: 'stopped', detail: 'the disk is gone' });
});
