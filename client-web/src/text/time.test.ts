import { Time } from '@internationalized/date';
import { i18n } from '@lingui/core';
import { describe, expect, it } from 'vitest';
import { ageOn, civil, civilOf, clock, endAt, endOf, moment, period, startOf, zoned } from './time';

const SUMMER = Date.UTC(2026, 6, 1, 12, 0);
const WINTER = Date.UTC(2026, 11, 1, 12, 0);

describe('times are those of Amsterdam', () => {
  it('in summer and in winter', () => {
    expect(clock(SUMMER)).toBe('14:00');
    expect(clock(WINTER)).toBe('13:00');
  });

  it('in the language of the screen', () => {
    expect(period(WINTER, WINTER + 3_600_000)).toBe('dinsdag 1 december, 13:00–14:00');
    i18n.activate('en');
    expect(period(WINTER, WINTER + 3_600_000)).toBe('Tuesday 1 December, 13:00–14:00');
    expect(moment(WINTER)).toBe('1 Dec 2026, 13:00');
  });

  it('a day begins and ends there, on the days the clock changes too', () => {
    expect(endOf('2026-03-29') - startOf('2026-03-29')).toBe(23 * 3_600_000);
    expect(endOf('2026-10-25') - startOf('2026-10-25')).toBe(25 * 3_600_000);
    expect(civilOf(startOf('2026-03-29'))).toBe('2026-03-29');
    expect(civilOf(startOf('2026-03-29') - 1)).toBe('2026-03-28');
  });

  it('a conference may run past midnight', () => {
    const start = zoned(Date.UTC(2026, 11, 1, 22, 0));
    expect(endAt(start, new Time(23, 30))).toBe(Date.UTC(2026, 11, 1, 22, 30));
    expect(endAt(start, new Time(0, 30))).toBe(Date.UTC(2026, 11, 1, 23, 30));
  });
});

describe('days without a time', () => {
  it('read in words', () => {
    expect(civil('2017-02-01')).toBe('1 februari 2017');
  });

  it.each([
    ['2014-11-23', '2026-11-22', 11],
    ['2014-11-22', '2026-11-22', 12],
    ['2008-02-29', '2026-02-28', 17],
    ['2008-02-29', '2026-03-01', 18],
  ])('somebody born on %s is on %s %i years old', (born, on, age) => {
    expect(ageOn(born, on)).toBe(age);
  });
});
