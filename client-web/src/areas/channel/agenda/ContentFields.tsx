import { i18n } from '@lingui/core';
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';
import type { ActionStatus, AgendaContent, MemberView } from '../../../engine/contract';
import { Choice, DayInput, TextInput } from '../../../parts/fields';
import { ACTION_STATUS, useSay } from '../../../text/codes';
import { today } from '../../../text/time';

interface ContentFieldsProps {
  content: AgendaContent;
  members: readonly MemberView[];
  touched: boolean;
  onChange: (content: AgendaContent) => void;
}

/** The fields of one kind of agenda item. */
export function ContentFields({ content, members, touched, onChange }: ContentFieldsProps) {
  const say = useSay();
  const lacks = (text: string) => (touched && text.trim() === '' ? i18n._('Vul dit in.') : null);
  switch (content.type) {
    case 'topic':
      return (
        <>
          <TextInput label={i18n._('Onderwerp')} value={content.title} onChange={(title) => onChange({ ...content, title })} fault={lacks(content.title)} required />
          <TextInput label={i18n._('Wat is er gezegd?')} lines={4} maxLength={20000} required={false} value={content.notes} onChange={(notes) => onChange({ ...content, notes })} />
        </>
      );
    case 'danger_statement':
      return (
        <>
          <TextInput label={i18n._('Wie maakt zich zorgen?')} value={content.who_worries} onChange={(who_worries) => onChange({ ...content, who_worries })} required={false} />
          <TextInput label={i18n._('Over welk gevaar?')} hint={i18n._('Wat gebeurde er, of kan er gebeuren? Zo precies mogelijk.')} lines={3} value={content.danger} onChange={(danger) => onChange({ ...content, danger })} fault={lacks(content.danger)} required />
          <TextInput label={i18n._('Wat doet dat met wie?')} lines={2} value={content.impact} onChange={(impact) => onChange({ ...content, impact })} required={false} />
          <TextInput label={i18n._('Wie ziet het anders, en hoe?')} lines={2} value={content.disputed} onChange={(disputed) => onChange({ ...content, disputed })} required={false} />
        </>
      );
    case 'safety_goal':
      return (
        <>
          <TextInput label={i18n._('Wat zien we als het veilig is?')} lines={3} value={content.goal} onChange={(goal) => onChange({ ...content, goal })} fault={lacks(content.goal)} required />
          <TextInput label={i18n._('Hoe lang moet dat zo blijven?')} value={content.how_long} onChange={(how_long) => onChange({ ...content, how_long })} required={false} />
        </>
      );
    case 'agreement':
      return (
        <>
          <TextInput label={i18n._('Wie?')} value={content.who} onChange={(who) => onChange({ ...content, who })} fault={lacks(content.who)} required />
          <TextInput label={i18n._('Doet wat?')} lines={2} value={content.what} onChange={(what) => onChange({ ...content, what })} fault={lacks(content.what)} required />
          <TextInput label={i18n._('Wanneer, of bij welk signaal?')} value={content.when} onChange={(when) => onChange({ ...content, when })} required={false} />
          <TextInput label={i18n._('Lukt het niet, wat dan?')} value={content.if_then} onChange={(if_then) => onChange({ ...content, if_then })} required={false} />
          <TextInput label={i18n._('Wie let erop, en hoe vaak?')} value={content.checked_by} onChange={(checked_by) => onChange({ ...content, checked_by })} required={false} />
        </>
      );
    case 'scale':
      return (
        <>
          <TextInput label={i18n._('Wie geeft het cijfer?')} value={content.rater} onChange={(rater) => onChange({ ...content, rater })} fault={lacks(content.rater)} required />
          <Slider className="field slider" minValue={0} maxValue={10} step={1} value={content.value} onChange={(value) => onChange({ ...content, value })}>
            <div className="slider-head">
              <Label className="label">{i18n._('Hoe veilig is het?')}</Label>
              <SliderOutput className="slider-value" />
            </div>
            <SliderTrack className="slider-track">
              <SliderThumb className="slider-thumb" />
            </SliderTrack>
            <div className="slider-ends small">
              <span>{i18n._('0: niets houdt hen veilig')}</span>
              <span>{i18n._('10: veilig genoeg om te stoppen')}</span>
            </div>
          </Slider>
          <TextInput label={i18n._('Waarom dit cijfer?')} lines={2} value={content.why} onChange={(why) => onChange({ ...content, why })} required={false} />
          <DayInput label={i18n._('Op welke dag?')} value={content.on} onChange={(on) => onChange({ ...content, on: on ?? today() })} />
        </>
      );
    case 'action':
      return (
        <>
          <TextInput label={i18n._('Wat moet er gebeuren?')} lines={2} value={content.text} onChange={(text) => onChange({ ...content, text })} fault={lacks(content.text)} required />
          <div className="pair">
            <Choice
              label={i18n._('Wie doet het?')}
              value={content.owner}
              onChange={(owner) => onChange({ ...content, owner })}
              options={members.map((member) => ({ value: member.user, label: member.name, hint: member.organisation }))}
            />
            <DayInput label={i18n._('Uiterlijk')} value={content.deadline} onChange={(deadline) => onChange({ ...content, deadline: deadline ?? today() })} />
          </div>
          <Choice<ActionStatus>
            label={i18n._('Stand')}
            value={content.status}
            onChange={(status) => onChange({ ...content, status })}
            options={ACTION_STATUS.map((value) => ({ value, label: say('ActionStatus', value) }))}
          />
        </>
      );
  }
}
