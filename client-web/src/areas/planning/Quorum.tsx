import { i18n } from '@lingui/core';
import type { Conference } from '../../engine/contract';
import { useView } from '../../engine/hooks';
import type { IconName } from '../../parts/icons';
import { Badge } from '../../parts/page';
import { useSay } from '../../text/codes';
import { type Light, quorumOf } from './light';

const SIGNS: Record<Light, { icon: IconName; tone: 'good' | 'warning' | 'danger' }> = {
  good: { icon: 'check', tone: 'good' },
  open: { icon: 'clock', tone: 'warning' },
  missing: { icon: 'stop', tone: 'danger' },
};

/** The quorum light: a sign and words, never colour alone. */
export function Quorum({ conference }: { conference: Conference }) {
  const say = useSay();
  const directory = useView({ view: 'directory' });
  const quorum = quorumOf(conference, directory.view?.people ?? []);
  const words: Record<Light, string> = {
    good: i18n._('Compleet: iedereen die nodig is, komt'),
    open: i18n._('Nog niet zeker: niet iedereen die nodig is, heeft toegezegd'),
    missing: i18n._('Niet compleet: iemand die nodig is, ontbreekt'),
  };
  const each: Record<Light, string> = { good: i18n._('komt'), open: i18n._('nog niet zeker'), missing: i18n._('ontbreekt') };
  const { accepted, tentative, declined, silent } = quorum.counts;
  return (
    <div className="quorum">
      {conference.plan.required_capacities.length > 0 && (
        <>
          <p>
            <Badge {...SIGNS[quorum.light]}>{words[quorum.light]}</Badge>
          </p>
          <ul className="quorum-capacities">
            {quorum.capacities.map(({ capacity, light }) => (
              <li key={capacity}>
                <Badge {...SIGNS[light]}>
                  {say('ActingCapacity', capacity)}: {each[light]}
                </Badge>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="small">
        {i18n._('{accepted} komen, {tentative} misschien, {declined} niet, {silent} nog geen antwoord', { accepted, tentative, declined, silent })}
      </p>
    </div>
  );
}
