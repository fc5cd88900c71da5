import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TestPort } from '../dev/port';
import { EngineClient } from './client';
import { useFormDraft } from './draft';
import { EngineContext } from './hooks';
import { ViewStore } from './store';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function form(port: TestPort) {
  const client = new EngineClient(port);
  const tools = { client, store: new ViewStore(client) };
  const wrapper = ({ children }: { children: ReactNode }) => <EngineContext value={tools}>{children}</EngineContext>;
  return renderHook(() => useFormDraft('form/x', () => ({ name: '', size: 1 })), { wrapper });
}

function kept(port: TestPort): string[] {
  return port.asked.flatMap((ask) => (ask.call === 'intent' && ask.argument.intent === 'keep_draft' ? [ask.argument.text] : []));
}

async function read(port: TestPort, text: string) {
  await act(async () => {
    port.answer('view', { ok: { view: 'draft', text } });
    await vi.advanceTimersByTimeAsync(0);
  });
}

it('a form waits for what was kept and opens with it, new fields at their beginning', async () => {
  const port = new TestPort();
  const { result } = form(port);
  expect(result.current.value).toBeNull();
  await read(port, '{"name":"half"}');
  expect(result.current.value).toEqual({ name: 'half', size: 1 });
  expect(result.current.restored).toBe(true);
});

it('what is typed is kept after a pause, the last of it only', async () => {
  const port = new TestPort();
  const { result } = form(port);
  await read(port, '');
  act(() => result.current.set({ name: 'a' }));
  act(() => result.current.set({ name: 'ab' }));
  expect(kept(port)).toEqual([]);
  act(() => void vi.advanceTimersByTime(300));
  expect(kept(port)).toEqual(['{"name":"ab","size":1}']);
});

it('leaving the screen keeps at once', async () => {
  const port = new TestPort();
  const { result, unmount } = form(port);
  await read(port, '');
  act(() => result.current.set({ name: 'a' }));
  unmount();
  expect(kept(port)).toEqual(['{"name":"a","size":1}']);
});

it('a form that was sent is empty, here and in the database', async () => {
  const port = new TestPort();
  const { result } = form(port);
  await read(port, '{"name":"half"}');
  act(() => result.current.drop());
  act(() => void vi.advanceTimersByTime(300));
  expect(result.current.value).toEqual({ name: '', size: 1 });
  expect(kept(port)).toEqual(['']);
});

it('a draft that cannot be read is no reason to lose the form', async () => {
  const port = new TestPort();
  const { result } = form(port);
  await read(port, '{broken');
  expect(result.current.value).toEqual({ name: '', size: 1 });
});
