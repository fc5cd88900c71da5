import { expect, it } from 'vitest';
import { beginOf, CONTENT_TYPES, isComplete } from './kinds';

it.each(CONTENT_TYPES)('a new %s is incomplete until somebody writes', (type) => {
  expect(isComplete(beginOf(type, 'me'))).toBe(false);
});

it('an agreement needs who and what', () => {
  const agreement = { type: 'agreement', who: '', what: 'belt', when: '', if_then: '', checked_by: '' } as const;
  expect(isComplete(agreement)).toBe(false);
  expect(isComplete({ ...agreement, who: 'moeder' })).toBe(true);
});

it('an action begins with its maker as owner, due in a week', () => {
  expect(beginOf('action', 'me', Date.UTC(2026, 10, 22, 12))).toMatchObject({ owner: 'me', deadline: '2026-11-29', status: 'open' });
});
