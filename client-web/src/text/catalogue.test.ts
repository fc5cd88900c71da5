import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { messages as en } from '../locales/en';
import { messages as nl } from '../locales/nl';
import { i18n } from '@lingui/core';

const english = readFileSync('src/locales/en.po', 'utf8');

it('every Dutch message has its English', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(nl).sort());
  const missing = [...english.matchAll(/^msgid "(.+)"\nmsgstr ""$/gm)].map(([, id]) => id);
  expect(missing).toEqual([]);
});

it('both languages fill in the same places', () => {
  const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name))].sort();
  const pairs = [...english.matchAll(/^msgid "(.+)"\nmsgstr "(.+)"$/gm)];
  expect(pairs.length).toBeGreaterThan(500);
  for (const [, dutch = '', words = ''] of pairs) expect(places(words), dutch).toEqual(places(dutch));
});

it('numbers take their plural', () => {
  const registrations = (count: number) => i18n._('{count, plural, one {# registratie} other {# registraties}}', { count });
  expect(registrations(1)).toBe('1 registratie');
  expect(registrations(2)).toBe('2 registraties');
});
