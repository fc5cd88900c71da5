import { i18n } from '@lingui/core';
import { goTo } from '../../../app/navigation';
import { channelHref } from '../../../app/route';
import type { ChannelView, DisclosureView } from '../../../engine/contract';
import { ButtonLink } from '../../../parts/button';
import { BlockList, Notice } from '../../../parts/notice';
import { Badge, Empty, Section } from '../../../parts/page';
import { useSay } from '../../../text/codes';
import { inLanguage } from '../../../text/locale';
import { moment } from '../../../text/time';
import type { PanelProps } from '../ChannelScreen';
import { writable } from '../writable';
import { nameOf } from '../people/PeoplePanel';
import { Account } from './Account';
import { ShareForm } from './ShareForm';

export function SharePanel({ view, me, item }: PanelProps) {
  const channel = view.summary.id;
  if (item === 'new' && writable(view.summary)) {
    return (
      <Section title={i18n._('Informatie delen')}>
        <ShareForm view={view} me={me} onClose={() => goTo({ at: 'channel', channel, panel: 'share', item: null })} />
      </Section>
    );
  }
  return (
    <Section
      title={i18n._('Gedeelde informatie')}
      actions={
        writable(view.summary) &&
        view.persons.length > 0 && (
          <ButtonLink icon="plus" kind="primary" href={channelHref(channel, 'share', 'new')}>
            {i18n._('Deel informatie')}
          </ButtonLink>
        )
      }
    >
      {view.disclosures.length === 0 && (
        <Empty icon="share" title={i18n._('Er is nog geen informatie gedeeld.')}>
          <p>
            {view.persons.length === 0
              ? i18n._('Voeg eerst de personen van het huishouden toe.')
              : i18n._('Bij alles wat u over een persoon deelt, legt u vast met wie, waarom en op welke grond.')}
          </p>
        </Empty>
      )}
      <ul className="cards">
        {view.disclosures.map((each) => (
          <li key={each.disclosure.id} className={each.disclosure.id === item ? 'card inset chosen' : 'card inset'}>
            <DisclosureCard each={each} view={view} open={each.disclosure.id === item} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function DisclosureCard({ each, view, open }: { each: DisclosureView; view: ChannelView; open: boolean }) {
  const say = useSay();
  const { disclosure } = each;
  const subjects = [...new Set(disclosure.lines.map((line) => line.subject))];
  const by = view.members.find((member) => member.user === each.by);
  return (
    <>
      <header className="section-head">
        <h3>{subjects.map((subject) => nameOf(subject, view.persons)).join(', ')}</h3>
        {disclosure.emergency && (
          <Badge tone="warning" icon="alert">
            {i18n._('spoed')}
          </Badge>
        )}
      </header>
      <p className="prose">{each.text}</p>
      <p className="small">
        {by === undefined ? i18n._('iemand die niet meer meedoet') : `${by.name} (${by.organisation})`}, {moment(each.recorded_at)} · {say('Purpose', disclosure.purpose)}
      </p>
      {each.unjudged !== null && <p className="small">{inLanguage(each.unjudged)}</p>}
      {each.rejected.length > 0 && (
        <Notice tone="danger" title={i18n._('Telt niet mee: op het moment van delen stond een regel in de weg')}>
          <BlockList blocks={each.rejected} />
        </Notice>
      )}
      <details open={open}>
        <summary>{i18n._('Verantwoording')}</summary>
        <Account record={disclosure} subject={(id) => nameOf(id, view.persons)} recipient={(id) => view.members.find((member) => member.org === id)?.organisation ?? null} />
      </details>
    </>
  );
}
