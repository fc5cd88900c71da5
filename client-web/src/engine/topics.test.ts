import { expect, it } from 'vitest';
import { touches } from './topics';

it('a change in one channel leaves the others alone', () => {
  const timeline = (channel: string) => ({ view: 'timeline', channel, before: null, limit: 100 }) as const;
  expect(touches({ topic: 'channel', channel: 'a' }, timeline('a'))).toBe(true);
  expect(touches({ topic: 'channel', channel: 'a' }, timeline('b'))).toBe(false);
});

it('a channel shows its conferences and its members by name', () => {
  const request = { view: 'channel', channel: 'a' } as const;
  expect(touches({ topic: 'conferences' }, request)).toBe(true);
  expect(touches({ topic: 'directory' }, request)).toBe(true);
  expect(touches({ topic: 'register' }, request)).toBe(false);
});

it('labels never change and drafts are only changed from here', () => {
  expect(touches({ topic: 'home' }, { view: 'labels' })).toBe(false);
  expect(touches({ topic: 'home' }, { view: 'draft', key: 'x' })).toBe(false);
});
