import { i18n } from '@lingui/core';
import { areaLabel, areasOf } from '../../app/roles';
import { href } from '../../app/route';
import type { HomeView, Me } from '../../engine/contract';
import { ButtonLink } from '../../parts/button';
import { Icon } from '../../parts/icons';
import { Notice } from '../../parts/notice';
import { Empty, Loading, Page, Section } from '../../parts/page';
import { Warnings } from '../../parts/warnings';
import { ChannelList } from './ChannelList';

/** Where everybody begins: what needs attention, and the way to the own areas. */
export function Home({ me, home }: { me: Me; home: HomeView }) {
  const professional = me.roles.includes('professional');
  return (
    <Page
      title={i18n._('Dag {name}', { name: me.name })}
      intro={i18n._('{role} bij {organisation}', { role: me.function, organisation: me.organisation })}
      actions={
        professional && (
          <ButtonLink kind="primary" icon="plus" href={href({ at: 'new' })}>
            {i18n._('Nieuw huishouden')}
          </ButtonLink>
        )
      }
    >
      {home.connection.state === 'offline' && (
        <Notice tone="warning" title={i18n._('U bent nu niet verbonden')}>
          <p>{i18n._('U kunt gewoon lezen en schrijven. Wat u doet, wacht en wordt verstuurd zodra er weer verbinding is.')}</p>
        </Notice>
      )}
      {home.waiting > 0 && (
        <Notice tone="info" title={i18n._('{count, plural, one {# handeling wacht op verzenden} other {# handelingen wachten op verzenden}}', { count: home.waiting })} />
      )}
      <Warnings warnings={home.warnings} />
      {professional && (
        <Section title={i18n._('Huishoudens')}>
          {home.channels.length > 0 ? (
            <ChannelList channels={home.channels} />
          ) : home.connection.state === 'catching_up' ? (
            <Loading label={i18n._('Uw huishoudens worden opgehaald…')} />
          ) : (
            <Empty icon="home" title={i18n._('U doet nog niet mee in een huishouden.')}>
              <p>{i18n._('Begin er zelf een, of wacht tot een collega u toevoegt.')}</p>
            </Empty>
          )}
        </Section>
      )}
      <Areas me={me} />
    </Page>
  );
}

function Areas({ me }: { me: Me }) {
  const areas = areasOf(me.roles).filter((area) => area !== 'home');
  if (areas.length === 0) return null;
  const words = {
    home: '',
    invitations: i18n._('Antwoord op uitnodigingen en zet ze in uw agenda.'),
    planning: i18n._('Plan, verzet en volg overleggen op zaakcode.'),
    register: i18n._('Bekijk en verantwoord wat uw organisatie deelde en ontving.'),
    colleagues: i18n._('Nodig collega’s uit en geef ze een nieuwe link.'),
    organisations: i18n._('Open een organisatie op deze server.'),
  };
  return (
    <Section title={i18n._('Uw taken')}>
      <ul className="tiles">
        {areas.map((area) => (
          <li key={area}>
            <a className="tile" href={`#/${area}`}>
              <Icon name={areaLabel(area).icon} />
              <span className="tile-title">{areaLabel(area).label}</span>
              <span>{words[area]}</span>
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
