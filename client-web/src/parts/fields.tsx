/** Form fields: a label above, a hint below it, and the fault in words. */

import { CalendarDate, type DateValue, parseDate, type Time, type ZonedDateTime } from '@internationalized/date';
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  CheckboxButton,
  CheckboxField,
  CheckboxGroup,
  DateField,
  DateInput,
  DatePicker,
  DateSegment,
  Dialog,
  FieldError,
  Group,
  Heading,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  RadioButton,
  RadioField,
  RadioGroup,
  Select,
  SelectValue,
  Text,
  TextArea,
  TextField,
  TimeField,
} from 'react-aria-components';
import { i18n } from '@lingui/core';
import { Icon } from './icons';

interface Common {
  label: string;
  hint?: ReactNode;
  fault?: string | null;
  required?: boolean;
}

function Hint({ children }: { children: ReactNode }) {
  return children === undefined || children === null || children === '' ? null : (
    <Text slot="description" className="hint">
      {children}
    </Text>
  );
}

function Name({ label, required }: { label: string; required: boolean | undefined }) {
  return (
    <Label className="label">
      {label}
      {required === false && <span className="optional"> {i18n._('(mag leeg blijven)')}</span>}
    </Label>
  );
}

interface TextInputProps extends Common {
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  lines?: number;
  type?: 'text' | 'password';
  autoComplete?: string;
  maxLength?: number;
  autoFocus?: boolean;
}

export function TextInput({ label, hint, fault, required, lines, maxLength, ...rest }: TextInputProps) {
  return (
    <TextField
      {...rest}
      className="field"
      isInvalid={typeof fault === 'string'}
      isRequired={required === true}
      validationBehavior="aria"
      maxLength={maxLength ?? (lines === undefined ? 200 : 5000)}
    >
      <Name label={label} required={required} />
      <Hint>{hint}</Hint>
      {lines === undefined ? <Input className="input" /> : <TextArea className="input area" rows={lines} />}
      <FieldError className="fault">{fault}</FieldError>
    </TextField>
  );
}

export interface Option<T extends string = string> {
  value: T;
  label: string;
  hint?: string;
  disabled?: boolean;
}

interface ChoiceProps<T extends string> extends Common {
  value: T | null;
  onChange: (value: T) => void;
  options: readonly Option<T>[];
  placeholder?: string;
}

export function Choice<T extends string>({ label, hint, fault, required, value, onChange, options, placeholder }: ChoiceProps<T>) {
  return (
    <Select
      className="field"
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.value === key);
        if (chosen !== undefined) onChange(chosen.value);
      }}
      isInvalid={typeof fault === 'string'}
      isRequired={required === true}
      validationBehavior="aria"
      placeholder={placeholder ?? i18n._('Kies…')}
    >
      <Name label={label} required={required} />
      <Hint>{hint}</Hint>
      <AriaButton className="input select">
        <SelectValue />
        <Icon name="chevronDown" />
      </AriaButton>
      <FieldError className="fault">{fault}</FieldError>
      <Popover className="popover list">
        <ListBox items={options} className="listbox">
          {(option) => (
            <ListBoxItem id={option.value} textValue={option.label} isDisabled={option.disabled === true} className="option">
              <Text slot="label">{option.label}</Text>
              {option.hint !== undefined && (
                <Text slot="description" className="small">
                  {option.hint}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

interface OneOfProps<T extends string> extends Common {
  value: T | null;
  onChange: (value: T) => void;
  options: readonly Option<T>[];
  inline?: boolean;
}

export function OneOf<T extends string>({ label, hint, fault, required, value, onChange, options, inline = false }: OneOfProps<T>) {
  return (
    <RadioGroup
      className={inline ? 'field choices inline' : 'field choices'}
      value={value ?? ''}
      onChange={(chosen) => {
        const option = options.find((each) => each.value === chosen);
        if (option !== undefined) onChange(option.value);
      }}
      isInvalid={typeof fault === 'string'}
      isRequired={required === true}
      validationBehavior="aria"
      orientation={inline ? 'horizontal' : 'vertical'}
    >
      <Name label={label} required={required} />
      <Hint>{hint}</Hint>
      <div className="options">
        {options.map((option) => (
          <RadioField key={option.value} value={option.value} isDisabled={option.disabled === true}>
            <RadioButton className="radio">
              <span className="mark" aria-hidden="true" />
              <span>
                {option.label}
                {option.hint !== undefined && <span className="small block">{option.hint}</span>}
              </span>
            </RadioButton>
          </RadioField>
        ))}
      </div>
      <FieldError className="fault">{fault}</FieldError>
    </RadioGroup>
  );
}

interface ManyOfProps<T extends string> extends Common {
  value: readonly T[];
  onChange: (value: T[]) => void;
  options: readonly Option<T>[];
  columns?: boolean;
}

export function ManyOf<T extends string>({ label, hint, fault, required, value, onChange, options, columns = false }: ManyOfProps<T>) {
  return (
    <CheckboxGroup
      className={columns ? 'field choices columns' : 'field choices'}
      value={[...value]}
      onChange={(chosen) => onChange(options.map((option) => option.value).filter((each) => chosen.includes(each)))}
      isInvalid={typeof fault === 'string'}
      isRequired={required === true}
      validationBehavior="aria"
    >
      <Name label={label} required={required} />
      <Hint>{hint}</Hint>
      <div className="options">
        {options.map((option) => (
          <CheckboxField key={option.value} value={option.value} isDisabled={option.disabled === true}>
            <CheckboxButton className="checkbox">
              <span className="mark" aria-hidden="true">
                <Icon name="check" />
              </span>
              <span>
                {option.label}
                {option.hint !== undefined && <span className="small block">{option.hint}</span>}
              </span>
            </CheckboxButton>
          </CheckboxField>
        ))}
      </div>
      <FieldError className="fault">{fault}</FieldError>
    </CheckboxGroup>
  );
}

interface TickProps {
  label: ReactNode;
  value: boolean;
  onChange: (value: boolean) => void;
}

export function Tick({ label, value, onChange }: TickProps) {
  return (
    <CheckboxField isSelected={value} onChange={onChange}>
      <CheckboxButton className="checkbox">
        <span className="mark" aria-hidden="true">
          <Icon name="check" />
        </span>
        <span>{label}</span>
      </CheckboxButton>
    </CheckboxField>
  );
}

interface DayInputProps extends Common {
  value: string | null;
  onChange: (value: string | null) => void;
  /** Without the calendar, for days long ago. */
  plain?: boolean;
}

export function DayInput({ label, hint, fault, required, value, onChange, plain = false }: DayInputProps) {
  const date = value === null ? null : parseDate(value);
  const shared = {
    className: 'field',
    value: date,
    onChange: (chosen: DateValue | null) =>
      onChange(chosen === null ? null : new CalendarDate(chosen.year, chosen.month, chosen.day).toString()),
    isInvalid: typeof fault === 'string',
    isRequired: required === true,
    validationBehavior: 'aria' as const,
  };
  if (plain) {
    return (
      <DateField {...shared}>
        <Name label={label} required={required} />
        <Hint>{hint}</Hint>
        <DateInput className="input segments">{(segment) => <DateSegment segment={segment} className="segment" />}</DateInput>
        <FieldError className="fault">{fault}</FieldError>
      </DateField>
    );
  }
  return (
    <DatePicker {...shared}>
      <Name label={label} required={required} />
      <Hint>{hint}</Hint>
      <WithCalendar />
      <FieldError className="fault">{fault}</FieldError>
    </DatePicker>
  );
}

interface MomentInputProps extends Common {
  value: ZonedDateTime;
  onChange: (value: ZonedDateTime) => void;
}

export function MomentInput({ label, hint, fault, required, value, onChange }: MomentInputProps) {
  return (
    <DatePicker
      className="field"
      value={value}
      onChange={(chosen) => {
        if (chosen !== null) onChange(chosen);
      }}
      granularity="minute"
      hourCycle={24}
      isInvalid={typeof fault === 'string'}
      isRequired={required === true}
      validationBehavior="aria"
    >
      <Name label={label} required={required} />
      <Hint>{hint}</Hint>
      <WithCalendar />
      <FieldError className="fault">{fault}</FieldError>
    </DatePicker>
  );
}

interface TimeInputProps extends Common {
  value: Time;
  onChange: (value: Time) => void;
}

export function TimeInput({ label, hint, fault, required, value, onChange }: TimeInputProps) {
  return (
    <TimeField
      className="field"
      value={value}
      onChange={(chosen) => {
        if (chosen !== null) onChange(chosen);
      }}
      hourCycle={24}
      isInvalid={typeof fault === 'string'}
      isRequired={required === true}
      validationBehavior="aria"
    >
      <Name label={label} required={required} />
      <Hint>{hint}</Hint>
      <DateInput className="input segments">{(segment) => <DateSegment segment={segment} className="segment" />}</DateInput>
      <FieldError className="fault">{fault}</FieldError>
    </TimeField>
  );
}

/** The segments and the calendar of a date picker. */
function WithCalendar() {
  return (
    <>
      <Group className="with-calendar">
        <DateInput className="input segments">{(segment) => <DateSegment segment={segment} className="segment" />}</DateInput>
        <AriaButton className="icon-button" aria-label={i18n._('Kalender')}>
          <Icon name="calendar" />
        </AriaButton>
      </Group>
      <Popover className="popover">
        <Dialog className="calendar-dialog">
          <Calendar className="calendar">
            <header>
              <AriaButton slot="previous" className="icon-button">
                <Icon name="chevronLeft" />
              </AriaButton>
              <Heading className="calendar-month" />
              <AriaButton slot="next" className="icon-button">
                <Icon name="chevronRight" />
              </AriaButton>
            </header>
            <CalendarGrid>
              <CalendarGridHeader>{(weekday) => <CalendarHeaderCell>{weekday}</CalendarHeaderCell>}</CalendarGridHeader>
              <CalendarGridBody>{(date) => <CalendarCell date={date} className="calendar-cell" />}</CalendarGridBody>
            </CalendarGrid>
          </Calendar>
        </Dialog>
      </Popover>
    </>
  );
}
