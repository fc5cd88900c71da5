import { i18n } from '@lingui/core';
import type { ReactNode } from 'react';
import { channelHref } from '../../app/route';
import type { PersonView, TimelineEntry } from '../../engine/contract';
import { Icon, type IconName } from '../../parts/icons';
import { BlockList } from '../../parts/notice';
import { Badge } from '../../parts/page';
import { useSay } from '../../text/codes';
import { inLanguage } from '../../text/locale';
import { clock } from '../../text/time';
import { RefusedEntry } from './Refused';

interface EntryProps {
  entry: TimelineEntry;
  channel: string;
  persons: readonly PersonView[];
  follows: boolean;
  /** Takes refused words back to the message field; null while that holds others. */
  onEdit: ((text: string) => void) | null;
}

/** One thing in the conversation: a message, or a line that tells what somebody did. */
export function Entry({ entry, channel, persons, follows, onEdit }: EntryProps) {
  if (entry.what.kind === 'message') return <Message entry={entry} text={entry.what.text} follows={follows} onEdit={onEdit} />;
  if (entry.what.kind === 'information') return <Information entry={entry} what={entry.what} channel={channel} />;
  const { icon, text } = happening(entry, channel, persons);
  return (
    <div className="happening">
      <Icon name={icon} />
      <div>
        <p>
          {text} <Time entry={entry} />
        </p>
        <Rejected entry={entry} />
        <RefusedEntry entry={entry} onEdit={null} />
      </div>
    </div>
  );
}

function Message({ entry, text, follows, onEdit }: Pick<EntryProps, 'entry' | 'follows' | 'onEdit'> & { text: string }) {
  return (
    <article className={`message${entry.mine ? ' mine' : ''}${follows ? ' follows' : ''}`}>
      {!follows && <By entry={entry} />}
      <p className="message-text">{text}</p>
      <p className="message-foot">
        <Time entry={entry} />
      </p>
      <Rejected entry={entry} />
      <RefusedEntry entry={entry} onEdit={onEdit} />
    </article>
  );
}

type InformationItem = Extract<TimelineEntry['what'], { kind: 'information' }>;

function Information({ entry, what, channel }: { entry: TimelineEntry; what: InformationItem; channel: string }) {
  const say = useSay();
  return (
    <article className={`message information${entry.mine ? ' mine' : ''}`}>
      <By entry={entry} />
      <p className="information-title">
        <Icon name="share" /> {i18n._('Gedeelde informatie over {subjects}', { subjects: what.subjects.join(', ') })}
      </p>
      <p className="message-text">{what.text}</p>
      <p className="small">
        {what.categories.map((category) => say('Category', category)).join(', ')} · {say('Purpose', what.purpose)}
      </p>
      <p className="small">{i18n._('Voor: {recipients}', { recipients: what.recipients.join(', ') })}</p>
      <p className="message-foot">
        <a href={channelHref(channel, 'share', what.record)}>{i18n._('Verantwoording')}</a> <Time entry={entry} />
      </p>
      <Rejected entry={entry} />
      <RefusedEntry entry={entry} onEdit={null} />
    </article>
  );
}

function By({ entry }: { entry: TimelineEntry }) {
  return (
    <p className="message-by">
      <strong>{entry.mine ? i18n._('U') : entry.by_name}</strong>
      {!entry.mine && <span className="small"> {entry.by_organisation}</span>}
    </p>
  );
}

function Time({ entry }: { entry: TimelineEntry }) {
  return (
    <span className="time">
      <time dateTime={new Date(entry.at).toISOString()}>{clock(entry.at)}</time>
      {entry.seq === null && entry.refused === null && (
        <Badge tone="info" icon="clock">
          {i18n._('wacht op verzenden')}
        </Badge>
      )}
    </span>
  );
}

function Rejected({ entry }: { entry: TimelineEntry }) {
  if (entry.unjudged !== null) return <p className="small">{inLanguage(entry.unjudged)}</p>;
  if (entry.rejected.length === 0) return null;
  return (
    <div className="rejected">
      <Badge tone="danger" icon="stop">
        {i18n._('Telt niet mee')}
      </Badge>
      <BlockList blocks={entry.rejected} />
    </div>
  );
}

function happening(entry: TimelineEntry, channel: string, persons: readonly PersonView[]): { icon: IconName; text: ReactNode } {
  const { what } = entry;
  const name = entry.mine ? i18n._('U') : entry.by_name;
  const called = (id: string) => persons.find(({ person }) => person.id === id)?.person.name ?? i18n._('een persoon');
  switch (what.kind) {
    case 'began':
      return { icon: 'home', text: i18n._('Hier begint wat u op dit apparaat kunt lezen.') };
    case 'household_named':
      return { icon: 'home', text: i18n._('Naam van het huishouden: {name}', { name: what.name }) };
    case 'members_changed':
      return { icon: 'people', text: members(what.added, what.removed) };
    case 'person_put':
      return { icon: 'people', text: i18n._('{name} werkte de gegevens van {person} bij', { name, person: what.name }) };
    case 'agenda_changed':
      return {
        icon: 'list',
        text: (
          <>
            {what.removed
              ? i18n._('{name} haalde van de agenda: {title}', { name, title: what.title })
              : i18n._('{name} werkte de agenda bij: {title}', { name, title: what.title })}{' '}
            <a href={channelHref(channel, 'agenda', what.conference)}>{i18n._('Bekijk')}</a>
            {what.conflict && (
              <>
                {' '}
                <Badge tone="warning" icon="alert">
                  {i18n._('twee versies')}
                </Badge>
              </>
            )}
          </>
        ),
      };
    case 'consent':
      return {
        icon: 'shield',
        text: (
          <>
            {what.given
              ? i18n._('{name} legde toestemming vast over gegevens van {person}', { name, person: called(what.subject) })
              : i18n._('{name} legde vast dat er geen toestemming is over gegevens van {person}', { name, person: called(what.subject) })}{' '}
            <a href={channelHref(channel, 'consent', what.record)}>{i18n._('Bekijk')}</a>
          </>
        ),
      };
    case 'consent_withdrawn':
      return {
        icon: 'shield',
        text: (
          <>
            {i18n._('Toestemming over gegevens van {person} is ingetrokken', { person: called(what.subject) })}{' '}
            <a href={channelHref(channel, 'consent', what.consent)}>{i18n._('Bekijk')}</a>
          </>
        ),
      };
    case 'newer':
      return { icon: 'info', text: i18n._('Dit is met een nieuwere versie gemaakt. Laad de pagina opnieuw om het te zien.') };
    case 'undecryptable':
      return { icon: 'lock', text: i18n._('Dit kan dit apparaat niet lezen.') };
    case 'message':
    case 'information':
      return { icon: 'message', text: what.text };
  }
}

function members(added: readonly string[], removed: readonly string[]): string {
  const parts = [];
  if (added.length > 0) parts.push(i18n._('Doet nu mee: {names}', { names: added.join(', ') }));
  if (removed.length > 0) parts.push(i18n._('Doet niet meer mee: {names}', { names: removed.join(', ') }));
  return parts.join(' · ');
}
