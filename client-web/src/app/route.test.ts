import { describe, expect, it } from 'vitest';
import { channelHref, href, parseRoute, type Route } from './route';

const id = 'ab'.repeat(16);

describe('routes', () => {
  it.each<Exclude<Route, { at: 'enrol' | 'unknown' }>>([
    { at: 'home' },
    { at: 'new' },
    { at: 'channel', channel: id, panel: 'talk', item: null },
    { at: 'channel', channel: id, panel: 'agenda', item: id },
    { at: 'channel', channel: id, panel: 'consent', item: 'new' },
    { at: 'invitations' },
    { at: 'planning', conference: null, channel: null },
    { at: 'planning', conference: id, channel: null },
    { at: 'planning', conference: 'new', channel: id },
    { at: 'register', record: 'export' },
    { at: 'colleagues' },
    { at: 'organisations' },
  ])('an address leads back to its place: $at', (route) => {
    expect(parseRoute(href(route))).toEqual(route);
  });

  it('a one-time link is recognised with its secret', () => {
    expect(parseRoute('#/enrol/secret-token_1')).toEqual({ at: 'enrol', token: 'secret-token_1' });
  });

  it.each(['#/nothing', '#/c/not-an-id', `#/c/${id}/elsewhere`, '#/enrol'])('%s leads nowhere rather than somewhere else', (hash) => {
    expect(parseRoute(hash)).toEqual({ at: 'unknown' });
  });

  it('an address of a household holds random ids only', () => {
    expect(channelHref(id, 'share', id)).toBe(`#/c/${id}/share/${id}`);
  });
});
