/** Where in the app: kept in the address after `#`, which names nobody and nothing but random ids. */

export type Panel = 'talk' | 'agenda' | 'people' | 'consent' | 'share' | 'members';

export type Route =
  | { at: 'home' }
  | { at: 'enrol'; token: string }
  | { at: 'new' }
  | { at: 'channel'; channel: string; panel: Panel; item: string | null }
  | { at: 'invitations' }
  | { at: 'planning'; conference: string | null; channel: string | null }
  | { at: 'register'; record: string | null }
  | { at: 'colleagues' }
  | { at: 'organisations' }
  | { at: 'unknown' };

const PANELS: readonly string[] = ['talk', 'agenda', 'people', 'consent', 'share', 'members'] satisfies Panel[];
const ID = /^[0-9a-f]{32}$/;

export function parseRoute(hash: string): Route {
  const [first = '', second = null, third = null, fourth = null] = hash.replace(/^#?\/?/, '').split('/').filter((part) => part !== '');
  switch (first) {
    case '':
      return { at: 'home' };
    case 'enrol':
      return second === null ? { at: 'unknown' } : { at: 'enrol', token: second };
    case 'c': {
      if (second === null || !ID.test(second)) return { at: 'unknown' };
      const panel = third ?? 'talk';
      return isPanel(panel) ? { at: 'channel', channel: second, panel, item: fourth } : { at: 'unknown' };
    }
    case 'planning':
      if (second === 'case') return { at: 'planning', conference: 'new', channel: third };
      return { at: 'planning', conference: second, channel: null };
    case 'register':
      return { at: 'register', record: second };
    case 'new':
    case 'invitations':
    case 'colleagues':
    case 'organisations':
      return { at: first };
    default:
      return { at: 'unknown' };
  }
}

function isPanel(text: string): text is Panel {
  return PANELS.includes(text);
}

/** The address of a place in the app. */
export function href(route: Exclude<Route, { at: 'enrol' | 'unknown' }>): string {
  switch (route.at) {
    case 'home':
      return '#/';
    case 'channel':
      return route.panel === 'talk' && route.item === null
        ? `#/c/${route.channel}`
        : `#/c/${route.channel}/${route.panel}${route.item === null ? '' : `/${route.item}`}`;
    case 'planning':
      if (route.channel !== null) return `#/planning/case/${route.channel}`;
      return route.conference === null ? '#/planning' : `#/planning/${route.conference}`;
    case 'register':
      return route.record === null ? '#/register' : `#/register/${route.record}`;
    default:
      return `#/${route.at}`;
  }
}

/** The address of a channel's panel. */
export function channelHref(channel: string, panel: Panel = 'talk', item: string | null = null): string {
  return href({ at: 'channel', channel, panel, item });
}
