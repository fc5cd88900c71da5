import { i18n } from '@lingui/core';
import { useState, type SubmitEvent } from 'react';
import type { AgendaContent, AgendaItemView, AgendaSection, ChannelView, Me } from '../../../engine/contract';
import { useFormDraft } from '../../../engine/draft';
import { Button } from '../../../parts/button';
import { Choice } from '../../../parts/fields';
import { Notice, RefusalNotice } from '../../../parts/notice';
import { Loading } from '../../../parts/page';
import { useSending } from '../../../parts/sending';
import { AGENDA_SECTION, useSay } from '../../../text/codes';
import { Waits } from '../Waits';
import { Content } from './Content';
import { beginOf, CONTENT_TYPES, type ContentType, isComplete, typeLabel, usualSection } from './kinds';
import { ContentFields } from './ContentFields';

interface ItemFormProps {
  view: ChannelView;
  me: Me;
  conference: string;
  existing: AgendaItemView | null;
  /** Where a new one goes; null to let its kind decide. */
  section: AgendaSection | null;
  /** Makes one version of several. */
  merging?: boolean;
  onClose: () => void;
}

interface Fields {
  base: number;
  section: AgendaSection;
  content: AgendaContent;
}

/** Adds or changes an agenda item. What others do meanwhile is told, and never put over what is being typed. */
export function ItemForm({ view, me, conference, existing, section, merging = false, onClose }: ItemFormProps) {
  const say = useSay();
  const key = existing === null ? `agenda/${conference}/new/${section ?? 'any'}` : `agenda/${existing.id}${merging ? '/merge' : ''}`;
  const draft = useFormDraft<Fields>(key, () =>
    existing === null
      ? { base: 0, section: section ?? usualSection('topic'), content: beginOf('topic', me.user) }
      : { base: existing.version, section: existing.draft.section, content: existing.draft.content },
  );
  const { send, busy, refusal } = useSending();
  const [touched, setTouched] = useState(false);
  if (draft.value === null) return <Loading />;
  const { base, content } = draft.value;
  const overtaken = existing !== null && !merging && existing.version !== base;

  const close = () => {
    draft.drop();
    onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTouched(true);
    if (!isComplete(content) || busy) return;
    await send(
      {
        intent: 'put_agenda_item',
        channel: view.summary.id,
        conference,
        item: existing?.id ?? null,
        base: merging && existing !== null ? existing.version : base,
        settles: merging && existing !== null ? existing.alternatives.map(({ event: each }) => each) : [],
        draft: { section: draft.value?.section ?? usualSection(content.type), content },
      },
      { draft, said: () => i18n._('Het agendapunt is bewaard.'), leave: onClose },
    );
  };
  const chooseType = (type: ContentType) => {
    if (type !== content.type) draft.set({ content: beginOf(type, me.user), section: section ?? usualSection(type) });
  };
  return (
    <form className="form card inset" onSubmit={(event) => void submit(event)} aria-label={existing === null ? i18n._('Nieuw agendapunt') : i18n._('Agendapunt wijzigen')}>
      {overtaken && (
        <Notice tone="warning" live="status" title={i18n._('{name} heeft dit intussen gewijzigd', { name: existing.by_name })}>
          <Content content={existing.draft.content} members={view.members} />
          <p>{i18n._('Wat u typt, blijft staan. Als u bewaart, blijven beide versies bestaan en kunt u kiezen.')}</p>
        </Notice>
      )}
      {merging && existing !== null && (
        <Notice title={i18n._('De andere versies')}>
          {existing.alternatives.map((each) => (
            <div key={each.event} className="version">
              <p className="small">{each.by_name}</p>
              <Content content={each.draft.content} members={view.members} />
            </div>
          ))}
        </Notice>
      )}
      {existing === null && (
        <div className="pair">
          <Choice<ContentType>
            label={i18n._('Soort')}
            value={content.type}
            onChange={chooseType}
            options={CONTENT_TYPES.map((value) => ({ value, label: typeLabel(value) }))}
          />
          <Choice<AgendaSection>
            label={i18n._('Onderdeel')}
            value={draft.value.section}
            onChange={(chosen) => draft.set({ section: chosen })}
            options={AGENDA_SECTION.map((value) => ({ value, label: say('AgendaSection', value) }))}
          />
        </div>
      )}
      <ContentFields content={content} members={view.members} touched={touched} onChange={(changed) => draft.set({ content: changed })} />
      <RefusalNotice refusal={refusal} />
      <Waits busy={busy} />
      <div className="actions">
        <Button kind="primary" type="submit" busy={busy}>
          {i18n._('Bewaar')}
        </Button>
        <Button kind="quiet" onPress={close}>
          {i18n._('Annuleer')}
        </Button>
      </div>
    </form>
  );
}
