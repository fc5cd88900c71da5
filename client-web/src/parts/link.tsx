import { i18n } from '@lingui/core';
import { useState } from 'react';
import { moment } from '../text/time';
import { announce } from './announce';
import { Button } from './button';
import { Notice } from './notice';

interface OneTimeLinkProps {
  name: string;
  token: string;
  expiresAt: number;
  onDone: () => void;
}

/** A one-time link, shown once. */
export function OneTimeLink({ name, token, expiresAt, onDone }: OneTimeLinkProps) {
  const [copied, setCopied] = useState(false);
  const link = `${location.origin}/#/enrol/${token}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
      announce(i18n._('De link is gekopieerd.'));
    } catch {
      // Without permission the link can still be selected and copied by hand.
      setCopied(false);
    }
  };
  return (
    <Notice tone="good" live="status" title={i18n._('Eenmalige link voor {name}', { name })}>
      <p>{i18n._('Geef deze link veilig door, bijvoorbeeld persoonlijk. Hij werkt één keer, tot {when}, en wordt hierna niet meer getoond.', { when: moment(expiresAt) })}</p>
      <p>
        <label className="label">
          {i18n._('Link')}
          <input className="input link" readOnly value={link} onFocus={(event) => event.target.select()} />
        </label>
      </p>
      <div className="actions">
        <Button kind="primary" onPress={() => void copy()}>
          {copied ? i18n._('Gekopieerd') : i18n._('Kopieer de link')}
        </Button>
        <Button kind="quiet" onPress={onDone}>
          {i18n._('Klaar')}
        </Button>
      </div>
    </Notice>
  );
}
