import { expect, it } from 'vitest';
import { areasOf, mayBeAt } from './roles';

it('a coordinator plans and sees no household', () => {
  expect(areasOf(['coordinator'])).toEqual(['home', 'planning', 'invitations']);
  expect(mayBeAt(['coordinator'], { at: 'channel', channel: 'x', panel: 'talk', item: null })).toBe(false);
});

it('an officer has the register and nothing of the households', () => {
  expect(areasOf(['compliance_officer'])).toEqual(['home', 'register']);
  expect(mayBeAt(['compliance_officer'], { at: 'new' })).toBe(false);
});

it('a professional plans from within a household, without the overview of cases', () => {
  expect(mayBeAt(['professional'], { at: 'planning', conference: 'new', channel: 'x' })).toBe(true);
  expect(mayBeAt(['professional'], { at: 'planning', conference: null, channel: null })).toBe(false);
});

it('somebody with two roles has the areas of both', () => {
  expect(areasOf(['account_admin', 'host_admin'])).toEqual(['home', 'colleagues', 'organisations']);
});
