import { i18n } from '@lingui/core';
import type { Inform, ReasonNotToInform } from '../../../engine/contract';
import { Choice, DayInput, OneOf } from '../../../parts/fields';
import { REASON_NOT_TO_INFORM, useSay } from '../../../text/codes';
import { today } from '../../../text/time';

/** Whether and when the family is told. */
export function InformFields({ inform, onChange }: { inform: Inform; onChange: (inform: Inform) => void }) {
  const say = useSay();
  const choose = (state: Inform['state']) => {
    switch (state) {
      case 'known':
        onChange({ state });
        break;
      case 'due':
        onChange({ state, by: today(Date.now() + 28 * 24 * 3600 * 1000) });
        break;
      case 'done':
        onChange({ state, on: today() });
        break;
      case 'omitted':
        onChange({ state, reason: 'GEVAAR_SLACHTOFFER' });
        break;
    }
  };
  return (
    <fieldset className="fieldset">
      <legend>{i18n._('Informeren van het gezin')}</legend>
      <OneOf<Inform['state']>
        label={i18n._('Hoort het gezin dat u dit deelt?')}
        value={inform.state}
        onChange={choose}
        options={[
          { value: 'known', label: i18n._('Het gezin weet ervan') },
          { value: 'due', label: i18n._('Ja, uiterlijk op een dag') },
          { value: 'done', label: i18n._('Ja, het is al gedaan') },
          { value: 'omitted', label: i18n._('Nee, voorlopig niet') },
        ]}
      />
      {inform.state === 'due' && <DayInput label={i18n._('Uiterlijk')} value={inform.by} onChange={(by) => onChange({ state: 'due', by: by ?? today() })} />}
      {inform.state === 'done' && <DayInput label={i18n._('Gedaan op')} value={inform.on} onChange={(on) => onChange({ state: 'done', on: on ?? today() })} />}
      {inform.state === 'omitted' && (
        <Choice<ReasonNotToInform>
          label={i18n._('Waarom niet?')}
          value={inform.reason}
          onChange={(reason) => onChange({ state: 'omitted', reason })}
          options={REASON_NOT_TO_INFORM.map((value) => ({ value, label: say('ReasonNotToInform', value) }))}
        />
      )}
    </fieldset>
  );
}
