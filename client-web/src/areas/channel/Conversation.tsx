import { i18n } from '@lingui/core';
import { useEffect, useLayoutEffect, useRef, useState, type SubmitEvent, type KeyboardEvent } from 'react';
import type { ChannelView, Refusal, TimelineEntry } from '../../engine/contract';
import { type Draft, useDraft } from '../../engine/draft';
import { carryOut, useEngine } from '../../engine/hooks';
import { useTimeline } from '../../engine/timeline';
import { announce } from '../../parts/announce';
import { Button } from '../../parts/button';
import { RefusalNotice } from '../../parts/notice';
import { TextInput } from '../../parts/fields';
import { Empty, Loading } from '../../parts/page';
import { day } from '../../text/time';
import { Entry } from './Entry';
import { Refused } from './Refused';
import { writable } from './writable';

/** How near to the end still counts as reading along, in pixels. */
const NEAR = 80;

export function Conversation({ view }: { view: ChannelView }) {
  const channel = view.summary.id;
  const { entries, loading, more, fetching, fetchOlder } = useTimeline(channel);
  const draft = useDraft(`message/${channel}`);
  const open = writable(view.summary);
  const { atEnd, list, toEnd } = useFollowing(entries);
  useMarkRead(channel, entries);
  useAnnouncements(entries);
  return (
    <section className="conversation" aria-label={i18n._('Gesprek')}>
      {/* Focusable, so that the conversation can be scrolled by keyboard. */}
      <div className="entries" ref={list} tabIndex={0} role="region" aria-label={i18n._('Berichten')}>
        {loading && <Loading />}
        {more && (
          <div className="older">
            <Button kind="quiet" busy={fetching} onPress={fetchOlder}>
              {i18n._('Eerdere berichten')}
            </Button>
          </div>
        )}
        {!loading && entries.length === 0 && <Empty icon="message" title={i18n._('Nog geen berichten')} />}
        <ol>
          {entries.map((entry, index) => (
            <li key={entry.key}>
              {startsDay(entries[index - 1], entry) && <p className="day">{day(entry.at)}</p>}
              <Entry entry={entry} channel={channel} persons={view.persons} follows={follows(entries[index - 1], entry)} onEdit={open && draft.text === '' ? draft.set : null} />
            </li>
          ))}
        </ol>
      </div>
      {!atEnd && (
        <div className="to-end">
          <Button icon="chevronDown" onPress={toEnd}>
            {i18n._('Naar het nieuwste bericht')}
          </Button>
        </div>
      )}
      {open && <Composer channel={channel} draft={draft} onSent={toEnd} />}
    </section>
  );
}

/** A message that was refused before the engine took it in: it stands nowhere but here. */
interface Lost {
  key: number;
  text: string;
  refusal: Refusal;
}

function Composer({ channel, draft, onSent }: { channel: string; draft: Draft; onSent: () => void }) {
  const { client } = useEngine();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [lost, setLost] = useState<Lost[]>([]);
  const text = draft.text ?? '';
  const typed = useRef(text);
  useEffect(() => {
    typed.current = text;
  }, [text]);
  const post = (written: string) => {
    const outbox = { has: false };
    setRefusal(null);
    onSent();
    // The answer may come much later; until then the message stands in the conversation as waiting.
    const queued = () => {
      outbox.has = true;
    };
    void carryOut(client, { intent: 'send_message', channel, text: written }, queued).then((answer) => {
      // What was in the outbox stays in the conversation, with why it was refused.
      if (answer.outcome === 'ok' || outbox.has) return;
      if (typed.current === '') {
        typed.current = written;
        draft.set(written);
        setRefusal(answer.refusal);
      } else {
        setLost((before) => [...before, { key: (before.at(-1)?.key ?? 0) + 1, text: written, refusal: answer.refusal }]);
      }
    });
  };
  const send = () => {
    const written = text.trim();
    if (written === '') return;
    typed.current = '';
    draft.set('');
    post(written);
  };
  const drop = (key: number) => setLost((before) => before.filter((each) => each.key !== key));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    send();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="composer" onSubmit={submit}>
      {lost.map((each) => (
        <article key={each.key} className="message mine">
          <p className="message-text">{each.text}</p>
          <Refused
            refusal={each.refusal}
            onRetry={() => {
              drop(each.key);
              post(each.text);
            }}
            onDrop={() => drop(each.key)}
            onEdit={null}
          />
        </article>
      ))}
      <RefusalNotice refusal={refusal} />
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the text field inside has the focus; this only hears its Enter */}
      <div className="composer-row" onKeyDown={keys}>
        <TextInput
          label={i18n._('Bericht')}
          hint={i18n._('Enter verstuurt, Shift+Enter is een nieuwe regel. Gegevens van het gezin deelt u via “Gedeeld”.')}
          lines={2}
          maxLength={20000}
          value={text}
          onChange={draft.set}
        />
        <Button kind="primary" icon="send" type="submit" isDisabled={draft.text === null}>
          {i18n._('Verstuur')}
        </Button>
      </div>
    </form>
  );
}

/** Stays at the end while the reader is there, and keeps the place when older messages come in above. */
function useFollowing(entries: readonly TimelineEntry[]) {
  const list = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const height = useRef(0);
  const first = useRef<string | undefined>(undefined);
  const [atEnd, setAtEnd] = useState(true);
  const firstKey = entries[0]?.key;
  useLayoutEffect(() => {
    const box = list.current;
    if (box === null) return;
    if (following.current) box.scrollTop = box.scrollHeight;
    else if (first.current !== firstKey) box.scrollTop += box.scrollHeight - height.current;
    height.current = box.scrollHeight;
    first.current = firstKey;
  }, [entries, firstKey]);
  useEffect(() => {
    const box = list.current;
    if (box === null) return undefined;
    const look = () => {
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      following.current = near;
      setAtEnd(near);
    };
    box.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(() => {
      if (following.current) box.scrollTop = box.scrollHeight;
    });
    resized.observe(box);
    return () => {
      box.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, []);
  const toEnd = () => {
    following.current = true;
    setAtEnd(true);
    const box = list.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  };
  return { list, atEnd, toEnd };
}

/** What is on screen counts as read, while the page is looked at. */
function useMarkRead(channel: string, entries: readonly TimelineEntry[]): void {
  const { client } = useEngine();
  const last = entries.findLast((entry) => entry.seq !== null)?.seq ?? null;
  const marked = useRef(-1);
  useEffect(() => {
    const mark = () => {
      if (last === null || last <= marked.current || document.visibilityState !== 'visible') return;
      marked.current = last;
      void carryOut(client, { intent: 'mark_read', channel, seq: last });
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [client, channel, last]);
}

/** Tells that a colleague wrote, not what: the screen may be read aloud in a room. */
function useAnnouncements(entries: readonly TimelineEntry[]): void {
  const known = useRef<number | null>(null);
  useEffect(() => {
    const last = entries.findLast((entry) => entry.seq !== null);
    if (last?.seq == null) return;
    if (known.current !== null && last.seq > known.current && !last.mine && last.what.kind === 'message') {
      announce(i18n._('Nieuw bericht van {name}', { name: last.by_name }));
    }
    known.current = last.seq;
  }, [entries]);
}

function startsDay(before: TimelineEntry | undefined, entry: TimelineEntry): boolean {
  return before === undefined || day(before.at) !== day(entry.at);
}

/** Written right after another message of the same person: its head need not be repeated. */
function follows(before: TimelineEntry | undefined, entry: TimelineEntry): boolean {
  return (
    before !== undefined &&
    before.what.kind === 'message' &&
    entry.what.kind === 'message' &&
    before.by === entry.by &&
    entry.at - before.at < 5 * 60_000 &&
    !startsDay(before, entry)
  );
}
