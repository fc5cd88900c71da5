/** Sending a form: what is safe in the outbox is no draft any more, and nobody has to wait at the screen for a connection. */

import { i18n } from '@lingui/core';
import { useCallback } from 'react';
import type { Intent, Refusal } from '../engine/contract';
import { useConnection, useIntent, useMounted } from '../engine/hooks';
import type { IntentAnswer } from '../engine/rpc';
import { announce } from './announce';
import { tell } from './told';

type Answered = Extract<IntentAnswer, { outcome: 'ok' }>;

interface Form {
  draft: { drop: () => void; release: () => void; retain: () => void };
  /** Said when it was carried out. */
  said: (answer: Answered) => string;
  /** Leaves the form; not called when it was left already. The answer is null when it still waits to be sent. */
  leave: (answer: Answered | null) => void;
}

export interface Sending {
  send: (intent: Intent, form: Form) => Promise<void>;
  busy: boolean;
  refusal: Refusal | null;
}

export function useSending(): Sending {
  const { run, busy, refusal } = useIntent();
  const mounted = useMounted();
  const offline = useConnection().state === 'offline';
  const send = useCallback<Sending['send']>(
    async (intent, form) => {
      const outbox = { has: false };
      const answer = await run(intent, () => {
        outbox.has = true;
        if (!offline) {
          form.draft.release();
          return;
        }
        form.draft.drop();
        tell(i18n._('Bewaard. Het wordt verstuurd zodra er verbinding is.'));
        if (mounted.current) form.leave(null);
      });
      if (answer === null) {
        // What was refused after the form was left stands where it was written, to do again or to throw away.
        if (outbox.has && mounted.current) form.draft.retain();
        return;
      }
      announce(form.said(answer));
      if (!outbox.has) form.draft.drop();
      if (mounted.current) form.leave(answer);
    },
    [run, mounted, offline],
  );
  return { send, busy, refusal };
}
