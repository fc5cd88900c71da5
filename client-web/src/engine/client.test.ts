import { expect, it, vi } from 'vitest';
import { settled, TestPort } from '../dev/port';
import { EngineClient } from './client';
import { CallError } from './rpc';
import { ViewStore } from './store';

it('answers go to the one who asked, in whatever order they come', async () => {
  const port = new TestPort();
  const client = new EngineClient(port);
  const first = client.call('calendar', { conference: 'a' });
  const second = client.call('calendar', { conference: 'b' });
  const [a, b] = port.asked;
  port.tell({ tell: 'answer', id: b?.id ?? 0, value: { text: 'second' } });
  port.tell({ tell: 'answer', id: a?.id ?? 0, value: { text: 'first' } });
  expect(await first).toEqual({ text: 'first' });
  expect(await second).toEqual({ text: 'second' });
});

it('a failed call rejects with its code', async () => {
  const port = new TestPort();
  const client = new EngineClient(port);
  const call = client.call('preview', { token: 'x' });
  port.tell({ tell: 'failed', id: port.asked[0]?.id ?? 0, code: 'link_used', detail: 'used' });
  await expect(call).rejects.toEqual(new CallError('link_used', 'used'));
});

it('the phase is known and told', () => {
  const port = new TestPort();
  const client = new EngineClient(port);
  const moved = vi.fn();
  client.onPhase(moved);
  port.tell({ tell: 'phase', phase: { phase: 'elsewhere' } });
  expect(client.phase).toEqual({ phase: 'elsewhere' });
  expect(moved).toHaveBeenCalledOnce();
});

const request = { view: 'conferences' } as const;
const key = JSON.stringify(request);

it('a view is asked once for all who watch it, and again when its topic changes', async () => {
  const port = new TestPort();
  const store = new ViewStore(new EngineClient(port));
  store.watch(key, request, () => undefined);
  store.watch(key, request, () => undefined);
  expect(port.asked).toHaveLength(1);
  port.answer('view', { ok: { view: 'conferences', conferences: [] } });
  await settled();
  expect(store.read(key)).toEqual({ view: { view: 'conferences', conferences: [] }, refusal: null, loading: false });
  port.tell({ tell: 'changed', topics: [{ topic: 'register' }] });
  expect(port.asked).toHaveLength(1);
  port.tell({ tell: 'changed', topics: [{ topic: 'conferences' }] });
  expect(port.asked).toHaveLength(2);
});

it('changes during a fetch lead to one more fetch, not to many', async () => {
  const port = new TestPort();
  const store = new ViewStore(new EngineClient(port));
  store.watch(key, request, () => undefined);
  for (let change = 0; change < 5; change += 1) port.tell({ tell: 'changed', topics: [{ topic: 'conferences' }] });
  expect(port.asked).toHaveLength(1);
  port.answer('view', { ok: { view: 'conferences', conferences: [] } });
  await settled();
  expect(port.asked).toHaveLength(2);
});

it('a refused view says why and keeps what was on screen', async () => {
  const port = new TestPort();
  const store = new ViewStore(new EngineClient(port));
  store.watch(key, request, () => undefined);
  port.answer('view', { refused: { refused_by: 'local', code: 'not_allowed', detail: 'no' } });
  await settled();
  expect(store.read(key).refusal).toEqual({ refused_by: 'local', code: 'not_allowed', detail: 'no' });
});

it('locking forgets everything that was read, an answer on its way included', async () => {
  const port = new TestPort();
  const store = new ViewStore(new EngineClient(port));
  store.watch(key, request, () => undefined);
  port.tell({ tell: 'phase', phase: { phase: 'locked' } });
  port.answer('view', { ok: { view: 'conferences', conferences: [] } });
  await settled();
  expect(store.read(key)).toEqual({ view: null, refusal: null, loading: true });
});

it('a draft is read anew by whoever opens its field again', () => {
  const port = new TestPort();
  const store = new ViewStore(new EngineClient(port));
  const draft = { view: 'draft', key: 'message/x' } as const;
  const stop = store.watch(JSON.stringify(draft), draft, () => undefined);
  stop();
  store.watch(JSON.stringify(draft), draft, () => undefined);
  expect(port.asked).toHaveLength(2);
});
