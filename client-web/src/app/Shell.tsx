/** The inside: the bar, the areas, and the screen the route names. */

import { i18n } from '@lingui/core';
import { useCallback, useEffect, useRef } from 'react';
import { ChannelScreen } from '../areas/channel/ChannelScreen';
import { Colleagues } from '../areas/colleagues/Colleagues';
import { ChannelList } from '../areas/home/ChannelList';
import { Home } from '../areas/home/Home';
import { NewChannel } from '../areas/home/NewChannel';
import { Invitations } from '../areas/invitations/Invitations';
import { Organisations } from '../areas/organisations/Organisations';
import { Planning } from '../areas/planning/Planning';
import { Register } from '../areas/register/Register';
import type { HomeView, Me } from '../engine/contract';
import { useEngine, usePhase } from '../engine/hooks';
import { Button } from '../parts/button';
import { Icon } from '../parts/icons';
import { Notice } from '../parts/notice';
import { Empty, Page } from '../parts/page';
import { problemWords } from '../text/refusal';
import { ConnectionState } from './ConnectionState';
import { useIdleLock } from './idle';
import { LanguageSwitch } from './LanguageSwitch';
import { useRoute } from './navigation';
import { areaLabel, areasOf, mayBeAt } from './roles';
import { href, type Route } from './route';
import { useHide } from './Veil';

interface InsideProps {
  me: Me;
  home: HomeView;
}

export function Shell({ me, home }: InsideProps) {
  const { client } = useEngine();
  const route = useRoute();
  const hide = useHide();
  const lock = useCallback(() => {
    client.call('lock', null).catch((error: unknown) => reportError(error));
  }, [client]);
  useIdleLock(lock);
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}>
        {i18n._('Naar de inhoud')}
      </a>
      <header className="bar">
        <a className="brand" href="#/">
          Beraad
        </a>
        <ConnectionState connection={home.connection} waiting={home.waiting} />
        <div className="bar-tools">
          <LanguageSwitch />
          <Button kind="quiet" icon="hide" onPress={hide}>
            {i18n._('Verberg')}
          </Button>
          <Button kind="quiet" icon="lock" onPress={lock}>
            {i18n._('Vergrendel')}
          </Button>
        </div>
      </header>
      <Side me={me} home={home} route={route} />
      <Main route={route} me={me} home={home} />
    </div>
  );
}

function Side({ me, home, route }: InsideProps & { route: Route }) {
  return (
    <div className="side">
      <nav aria-label={i18n._('Onderdelen')} className="areas">
        <ul>
          {areasOf(me.roles).map((area) => {
            const { label, icon } = areaLabel(area);
            const current = route.at === area;
            return (
              <li key={area}>
                <a href={area === 'home' ? '#/' : `#/${area}`} aria-current={current ? 'page' : undefined}>
                  <Icon name={icon} />
                  <span>{label}</span>
                </a>
              </li>
            );
          })}
        </ul>
      </nav>
      {me.roles.includes('professional') && home.channels.length > 0 && (
        <nav aria-label={i18n._('Huishoudens')} className="side-channels">
          <h2 className="side-title">{i18n._('Huishoudens')}</h2>
          <ChannelList channels={home.channels} current={route.at === 'channel' ? route.channel : null} compact />
        </nav>
      )}
      <aside className="side-me" aria-label={i18n._('Wie u bent')}>
        <strong>{me.name}</strong>
        <span>{me.function}</span>
        <span>{me.organisation}</span>
      </aside>
    </div>
  );
}

function Main({ route, me, home }: InsideProps & { route: Route }) {
  const main = useRef<HTMLElement>(null);
  const phase = usePhase();
  const problem = phase.phase === 'open' ? phase.problem : null;
  const place = route.at === 'channel' ? `channel/${route.channel}` : route.at;
  useEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [place]);
  return (
    <main id="main" ref={main} tabIndex={-1} className={route.at === 'channel' ? 'main channel-main' : 'main'}>
      {problem !== null && (
        <div className="sent-away">
          <Notice tone="danger" live="alert" title={i18n._('De server laat dit apparaat nu niet toe')}>
            <p>{problemWords(problem)}</p>
          </Notice>
        </div>
      )}
      <Screen route={route} me={me} home={home} />
    </main>
  );
}

function Screen({ route, me, home }: InsideProps & { route: Route }) {
  if (!mayBeAt(me.roles, route)) return <NotHere />;
  switch (route.at) {
    case 'home':
    case 'enrol':
      return <Home me={me} home={home} />;
    case 'new':
      return <NewChannel me={me} />;
    case 'channel':
      return <ChannelScreen key={route.channel} me={me} channel={route.channel} panel={route.panel} item={route.item} />;
    case 'invitations':
      return <Invitations me={me} />;
    case 'planning':
      return <Planning me={me} conference={route.conference} channel={route.channel} />;
    case 'register':
      return <Register me={me} record={route.record} />;
    case 'colleagues':
      return <Colleagues me={me} />;
    case 'organisations':
      return <Organisations />;
    case 'unknown':
      return <NotHere />;
  }
}

function NotHere() {
  return (
    <Page title={i18n._('Hier is niets')} narrow>
      <Empty title={i18n._('Dit onderdeel bestaat niet, of hoort niet bij uw rol.')}>
        <a href={href({ at: 'home' })}>{i18n._('Naar het begin')}</a>
      </Empty>
    </Page>
  );
}
