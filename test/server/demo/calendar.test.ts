import { strict as assert } from 'node:assert';
import { ageOn, dateOf, dayOf, momentOf, workdayFrom, workdayUpTo } from '../../../server/demo/calendar.ts';

describe('the calendar of the demo', () => {
  it('turns a date to a day and back', () => {
    for (const date of ['1970-01-01', '1948-02-29', '2026-11-01', '2100-12-31'])
      assert.equal(dateOf(dayOf(date)), date);
  });

  for (const date of ['2026-11', '2026-02-30', '2026-13-01', 'tomorrow', '2026-11-01T00:00:00Z'])
    it(`refuses ${date}, naming it`, () => {
      assert.throws(() => dayOf(date), { name: 'RangeError', message: new RegExp(date) });
    });

  it('writes a moment by the clock of the practice', () => {
    assert.equal(momentOf(dayOf('2026-11-02'), 9 * 60 + 5), '2026-11-02T09:05:00-07:00');
  });

  for (const [date, before, after] of [
    ['2026-10-31', '2026-10-30', '2026-11-02'],
    ['2026-11-01', '2026-10-30', '2026-11-02'],
    ['2026-11-02', '2026-11-02', '2026-11-02'],
    ['1969-12-28', '1969-12-26', '1969-12-29'],
  ] as const)
    it(`moves ${date} to a workday: ${before} or ${after}`, () => {
      assert.equal(dateOf(workdayUpTo(dayOf(date))), before);
      assert.equal(dateOf(workdayFrom(dayOf(date))), after);
    });

  it('counts completed years of life', () => {
    assert.equal(ageOn(dayOf('2000-06-15'), dayOf('2026-06-14')), 25);
    assert.equal(ageOn(dayOf('2000-06-15'), dayOf('2026-06-16')), 26);
  });
});
