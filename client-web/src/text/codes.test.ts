import { i18n } from '@lingui/core';
import { expect, it } from 'vitest';
import { sayIn } from './codes';

const lists = { acting_capacity: { GI_OTS: { nl: 'GI met ots', en: 'GI with a supervision order', order: 0 } } };

it('a code reads as its label in the language of the screen', () => {
  expect(sayIn(lists, 'ActingCapacity', 'GI_OTS')).toBe('GI met ots');
  i18n.activate('en');
  expect(sayIn(lists, 'ActingCapacity', 'GI_OTS')).toBe('GI with a supervision order');
});

it('a code without a label stays visible', () => {
  expect(sayIn(lists, 'ActingCapacity', 'NEW_CODE')).toBe('NEW_CODE');
  expect(sayIn({}, 'Art6', '6E')).toBe('6E');
});
