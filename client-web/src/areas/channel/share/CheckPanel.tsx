import { i18n } from '@lingui/core';
import type { Block, ChannelView, DisclosureLine } from '../../../engine/contract';
import { BlockList, Notice } from '../../../parts/notice';
import { Badge, Loading } from '../../../parts/page';
import { useSay } from '../../../text/codes';
import { nameOf } from '../people/PeoplePanel';
import { GroundWords } from './Account';

interface CheckPanelProps {
  view: ChannelView;
  lines: readonly DisclosureLine[];
  missing: readonly string[];
  blocks: readonly Block[] | null;
  asked: boolean;
}

/** Who receives what, on which ground, with everything that stands in the way and the ways out. */
export function CheckPanel({ view, lines, missing, blocks, asked }: CheckPanelProps) {
  const say = useSay();
  const general = (blocks ?? []).filter((block) => block.line === null);
  const allowed = asked && blocks?.length === 0 && missing.length === 0;
  return (
    <section aria-labelledby="check-title">
      <h3 id="check-title">{i18n._('Wie krijgt wat, op welke grond')}</h3>
      {missing.length > 0 && (
        <Notice tone="warning" title={i18n._('Vul eerst nog aan')}>
          <ul>
            {missing.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </Notice>
      )}
      {asked && blocks === null && <Loading label={i18n._('De regels worden nagekeken…')} />}
      {general.length > 0 && (
        <Notice tone="danger" live="status" title={i18n._('Dit staat in de weg')}>
          <BlockList blocks={general} />
        </Notice>
      )}
      {allowed && (
        <Notice tone="good" live="status" title={i18n._('Dit mag worden gedeeld')}>
          <p>{i18n._('De verantwoording gaat tegelijk mee, naar het register van uw organisatie en van elke ontvanger.')}</p>
        </Notice>
      )}
      <ul className="plain lines">
        {lines.map((line, index) => {
          const mine = (blocks ?? []).filter((block) => block.line === index);
          const recipient = view.members.find((member) => member.org === line.recipient)?.organisation ?? say('RecipientType', line.recipient_type);
          return (
            <li key={`${line.subject}-${line.recipient ?? ''}`}>
              <p>
                <strong>
                  {nameOf(line.subject, view.persons)} → {recipient}
                </strong>{' '}
                {blocks !== null &&
                  (mine.length > 0 ? (
                    <Badge tone="danger" icon="stop">
                      {i18n._('geblokkeerd')}
                    </Badge>
                  ) : (
                    <Badge tone="good" icon="check">
                      {i18n._('akkoord')}
                    </Badge>
                  ))}
              </p>
              <span className="small block">{line.categories.map((category) => say('Category', category)).join(', ')}</span>
              <GroundWords line={line} />
              {mine.length > 0 && <BlockList blocks={mine} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
