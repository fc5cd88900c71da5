import { i18n } from '@lingui/core';
import { useState } from 'react';
import type { Conference } from '../../engine/contract';
import { useIntent } from '../../engine/hooks';
import { announce } from '../../parts/announce';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { RefusalNotice } from '../../parts/notice';
import { period } from '../../text/time';
import { Waits } from '../channel/Waits';

/** Calls a conference off, after asking. */
export function CancelConference({ conference }: { conference: Conference }) {
  const { plan, case_code } = conference;
  const [asking, setAsking] = useState(false);
  const { run, busy, refusal } = useIntent();
  const cancel = async () => {
    const { kind, start, end, time_zone, chair, required_capacities, invitees } = plan;
    const done = await run({ intent: 'plan_conference', conference: plan.id, channel: plan.channel, kind, start, end, time_zone, chair, required_capacities, invitees, cancelled: true });
    if (done === null) return;
    setAsking(false);
    announce(i18n._('Het overleg is afgezegd.'));
  };
  return (
    <>
      <Button kind="quiet" icon="cross" onPress={() => setAsking(true)} aria-label={i18n._('Zeg af: {code}', { code: case_code })}>
        {i18n._('Zeg af')}
      </Button>
      <Dialog title={i18n._('Dit overleg afzeggen?')} open={asking} onClose={() => setAsking(false)} alert>
        <p>
          {case_code}, {period(plan.start, plan.end, plan.time_zone)}
        </p>
        <p>{i18n._('Alle genodigden zien dat het niet doorgaat.')}</p>
        <RefusalNotice refusal={refusal} />
        <Waits busy={busy} />
        <div className="actions">
          <Button onPress={() => setAsking(false)}>{i18n._('Terug')}</Button>
          <Button kind="danger" busy={busy} onPress={() => void cancel()}>
            {i18n._('Zeg het overleg af')}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
