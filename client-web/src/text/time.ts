/** Moments and days as people here read them: in Europe/Amsterdam, wherever the device is. */

import {
  CalendarDate,
  fromDate,
  parseDate,
  Time,
  toCalendarDateTime,
  toZoned,
  type ZonedDateTime,
} from '@internationalized/date';
import type { CivilDate, Timestamp } from '../engine/contract';
import { tag } from './locale';

export const ZONE = 'Europe/Amsterdam';

export function clock(at: Timestamp, zone = ZONE): string {
  return new Intl.DateTimeFormat(tag(), { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(at);
}

export function day(at: Timestamp, zone = ZONE): string {
  return new Intl.DateTimeFormat(tag(), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: zone }).format(at);
}

export function shortDay(at: Timestamp, zone = ZONE): string {
  return new Intl.DateTimeFormat(tag(), { weekday: 'short', day: 'numeric', month: 'short', timeZone: zone }).format(at);
}

export function moment(at: Timestamp, zone = ZONE): string {
  return new Intl.DateTimeFormat(tag(), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  }).format(at);
}

/** "maandag 23 november, 14:00–15:00". */
export function period(start: Timestamp, end: Timestamp, zone = ZONE): string {
  const date = new Intl.DateTimeFormat(tag(), { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone }).format(start);
  return `${date}, ${clock(start, zone)}–${clock(end, zone)}`;
}

/** A calendar date in words. */
export function civil(date: CivilDate): string {
  const [year = 1970, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  return new Intl.DateTimeFormat(tag(), { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    Date.UTC(year, month - 1, dayOfMonth),
  );
}

/** Today where the household lives. */
export function today(now = Date.now()): CivilDate {
  return civilOf(now);
}

export function civilOf(at: Timestamp): CivilDate {
  const zoned = fromDate(new Date(at), ZONE);
  return new CalendarDate(zoned.year, zoned.month, zoned.day).toString();
}

/** The first moment of a day. */
export function startOf(date: CivilDate): Timestamp {
  return toZoned(toCalendarDateTime(parseDate(date)), ZONE).toDate().getTime();
}

/** The first moment after a day. */
export function endOf(date: CivilDate): Timestamp {
  return toZoned(toCalendarDateTime(parseDate(date).add({ days: 1 })), ZONE).toDate().getTime();
}

export function zoned(at: Timestamp): ZonedDateTime {
  return fromDate(new Date(at), ZONE);
}

/** When something that starts at `start` ends, given the time on the clock: past midnight when that is earlier. */
export function endAt(start: ZonedDateTime, until: Time): Timestamp {
  const date = new CalendarDate(start.year, start.month, start.day);
  const same = toZoned(toCalendarDateTime(date, until), ZONE);
  const end = same.compare(start) > 0 ? same : toZoned(toCalendarDateTime(date.add({ days: 1 }), until), ZONE);
  return end.toDate().getTime();
}

/** Completed years on a day. */
export function ageOn(birth: CivilDate, on: CivilDate): number {
  const [birthYear = 0, birthMonth = 0, birthDay = 0] = birth.split('-').map(Number);
  const [year = 0, month = 0, dayOfMonth = 0] = on.split('-').map(Number);
  const before = month < birthMonth || (month === birthMonth && dayOfMonth < birthDay);
  return year - birthYear - (before ? 1 : 0);
}
