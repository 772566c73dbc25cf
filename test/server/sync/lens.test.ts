/** Rows to records and back: what a lens promises, on chosen rows and on rows at random. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { same } from '../../../mappings/json.ts';
import type { Base } from '../../../mappings/model.ts';
import { compileBinding, type Lens, type Source } from '../../../server/sync/lens.ts';
import { readBinding } from '../../../server/sync/read-binding.ts';
import { snapshotText, sourceFrom } from '../../../server/sync/snapshot.ts';
import { lensOf, links, maria, mariasEnrolment, northside } from './northside.ts';

const mariasRow: Source = { row: maria, joined: { enrolment: mariasEnrolment } };

/** A record that comes through FHIR: what `put` writes and `decode` reads. */
function throughFhir(lens: Lens, record: Base): Base {
  return lens.mapping.decode(lens.mapping.encode({ ...record, id: 'x' }));
}

/** A lens of one column of a Client. */
function columnLens(column: string, spec: object | string, model = 'Client', timeZone = 'America/Chicago'): Lens {
  const binding = {
    binding: 'one',
    timeZone,
    tables: [{ table: 't', model, key: 'id', columns: { [column]: spec }, onBad: 'leave-out' as const }],
  };
  const { lenses, faults } = compileBinding(binding as never);
  assert.deepEqual(faults, []);
  return lenses[0] as Lens;
}

describe('a lens', () => {
  it('reads a row into a record', () => {
    const { record, verdict, problems } = lensOf('client').decode(mariasRow, links);
    assert.deepEqual([verdict, problems], ['good', []]);
    assert.deepEqual(record, {
      recordNumber: '0004711',
      legalName: { family: 'Delgado', given: ['María'] },
      bornOn: '1961-03-09',
      sex: 'female',
      phones: [{ use: 'mobile', number: '+1 312 555 0136' }],
      addresses: [{ use: 'home', lines: ['Apt 4'], postalCode: '60608' }],
      languages: [{ language: 'es' }],
      interpreterNeeded: true,
      coordinator: { kind: 'practitioner', id: 'staff-12' },
      riskTier: 'rising',
      enrolment: { status: 'enrolled', start: '2026-01-12' },
    });
  });

  it('changes no column of a row that says what the record says, however it spells it', () => {
    const lens = lensOf('client');
    const record = throughFhir(lens, lens.decode(mariasRow, links).record);
    const { isEmpty, problems } = lens.encode(record, mariasRow, links);
    assert.deepEqual([isEmpty, problems], [true, []]);
  });

  it('changes the columns of the fields that have changed, and no others', () => {
    const lens = lensOf('client');
    const { record } = lens.decode(mariasRow, links);
    const changed = { ...record, bornOn: '1961-03-10', enrolment: { status: 'paused', start: '2026-01-12' } } as Base;
    const encoded = lens.encode(changed, mariasRow, links);
    assert.deepEqual(encoded.columns, { born: '03/10/1961' });
    assert.deepEqual(encoded.joined, { enrolment: { status_cd: 'P' } });
  });

  it('keeps of a stored record what no column says', () => {
    const lens = lensOf('client');
    const present = {
      pronouns: 'she/her',
      phones: [
        { number: '555-1', use: 'mobile' },
        { number: '555-2', use: 'work' },
      ],
      legalName: { family: 'Old', given: ['M.', 'Luz'], suffix: ['Jr.'] },
    } as Base;
    const { record } = lens.decode(mariasRow, links, { present });
    const { pronouns, phones, legalName } = record as unknown as Record<string, unknown>;
    assert.equal(pronouns, 'she/her');
    assert.deepEqual(phones, [
      { number: '+1 312 555 0136', use: 'mobile' },
      { number: '555-2', use: 'work' },
    ]);
    assert.deepEqual(legalName, { family: 'Delgado', given: ['María', 'Luz'], suffix: ['Jr.'] });
  });

  it('touches only the parts that it is asked for', () => {
    const lens = lensOf('client');
    const present = { bornOn: '1900-01-01', sex: 'male' } as Base;
    const { record } = lens.decode(mariasRow, links, { present, only: new Set(['born']) });
    assert.deepEqual(record, { bornOn: '1961-03-09', sex: 'male' });
  });

  it('matches items of a list by their identity, and keeps what rows do not say of them', () => {
    const lens = lensOf('team');
    const row = { team_id: 9, client_id: 4711, team_name: 'Team' };
    const member = (id: number, staff: number) => ({
      member_id: id,
      team_id: 9,
      staff_id: staff,
      staff_name: `S${staff}`,
      joined: null,
    });
    const before: Source = { row, lists: { members: [member(1, 5), member(2, 6)] } };
    const present = {
      members: [
        { who: { kind: 'practitioner', id: 'staff-5', name: 'S5' }, role: 'nurse' },
        { who: { kind: 'practitioner', id: 'staff-6', name: 'S6' } },
        { who: { kind: 'client', id: 'client-4711' } },
      ],
    } as Base;
    const after: Source = { row, lists: { members: [{ ...member(1, 5), joined: '2026-01-01' }, member(3, 7)] } };
    const { record } = lens.decode(after, links, { present, base: before });
    assert.deepEqual((record as unknown as { members: unknown }).members, [
      { who: { kind: 'practitioner', id: 'staff-5', name: 'S5' }, role: 'nurse', start: '2026-01-01' },
      { who: { kind: 'client', id: 'client-4711' } },
      { who: { kind: 'practitioner', id: 'staff-7', name: 'S7' } },
    ]);
  });

  it('finds a row again in its snapshot', () => {
    const lens = lensOf('client');
    const text = snapshotText(lens, 'spec', mariasRow);
    const source = sourceFrom(lens, 'spec', text);
    assert.ok(source);
    assert.equal(snapshotText(lens, 'spec', source), text);
    assert.ok(same(lens.decode(source, links).record, lens.decode(mariasRow, links).record));
    assert.equal(sourceFrom(lens, 'another', text), undefined);
  });
});

describe('the column', () => {
  interface Case {
    readonly title: string;
    readonly model?: string;
    readonly spec: object | string;
    readonly row: Readonly<Record<string, unknown>>;
    /** What stands in the record; undefined where the value is refused. */
    readonly record: object;
    readonly refused?: RegExp;
    /** What a change of the record writes. */
    readonly change?: { readonly record: object; readonly columns?: object; readonly refused?: RegExp };
    readonly zone?: string;
  }

  const cases: readonly Case[] = [
    {
      title: 'a text is read without the white space of a fixed width',
      spec: 'recordNumber',
      row: { c: ' 12   ' },
      record: { recordNumber: '12' },
    },
    {
      title: 'a blank text is nothing',
      spec: 'recordNumber',
      row: { c: '   ' },
      record: {},
      change: { record: { recordNumber: '7' }, columns: { c: '7' } },
    },
    {
      title: 'a value table with a loss writes the first value only when the meaning changes',
      model: 'Goal',
      spec: { to: 'status', values: { open: 'active', on: 'active', met: 'completed' }, lossy: 'open, on' },
      row: { c: 'on' },
      record: { status: 'active' },
      change: { record: { status: 'completed' }, columns: { c: 'met' } },
    },
    {
      title: 'a word that the value table does not have cannot be written',
      model: 'Goal',
      spec: { to: 'status', values: { on: 'active', met: 'completed' } },
      row: { c: 'on' },
      record: { status: 'active' },
      change: { record: { status: 'rejected' }, refused: /nothing for rejected/ },
    },
    {
      title: 'what no value table names is what otherwise says',
      spec: { to: 'sex', values: { F: 'female', M: 'male' }, otherwise: 'unknown' },
      row: { c: '?' },
      record: { sex: 'unknown' },
    },
    {
      title: 'an empty column can mean something',
      spec: { to: 'sex', values: { F: 'female' }, empty: 'unknown' },
      row: { c: null },
      record: { sex: 'unknown' },
    },
    {
      title: 'a name is split and joined',
      spec: { to: ['legalName.family', 'legalName.given[0]'], split: ', ' },
      row: { c: 'Okafor,  Chidi' },
      record: { legalName: { family: 'Okafor', given: ['Chidi'] } },
      change: { record: { legalName: { family: 'Okafor' } }, columns: { c: 'Okafor' } },
    },
    {
      title: 'a part that has the separator in it cannot be joined',
      spec: { to: ['legalName.family', 'legalName.given[0]'], split: ', ' },
      row: { c: 'Okafor, Chidi' },
      record: { legalName: { family: 'Okafor', given: ['Chidi'] } },
      change: { record: { legalName: { family: 'Okafor, Jr.', given: ['Chidi'] } }, refused: /cannot hold/ },
    },
    {
      title: 'upper case is written as the column has it',
      spec: { to: 'legalName.family', case: { model: 'title', column: 'upper' } },
      row: { c: "O'NEILL-GARCÍA" },
      record: { legalName: { family: "O'Neill-García" } },
      change: { record: { legalName: { family: 'Okafor' } }, columns: { c: 'OKAFOR' } },
    },
    {
      title: 'a day in a form of its own',
      spec: { to: 'bornOn', format: 'D-MMM-YY' },
      row: { c: '9-Mar-61' },
      record: { bornOn: '1961-03-09' },
      change: { record: { bornOn: '1962-12-24' }, columns: { c: '24-Dec-62' } },
    },
    {
      title: 'a day that the calendar does not have',
      spec: { to: 'bornOn', format: 'MM/DD/YYYY' },
      row: { c: '02/30/1961' },
      record: {},
      refused: /expected a date/,
    },
    {
      title: 'a year is no day that such a column can hold',
      spec: { to: 'bornOn', format: 'MM/DD/YYYY' },
      row: { c: '02/03/1961' },
      record: { bornOn: '1961-02-03' },
      change: { record: { bornOn: '1961' }, refused: /whole day/ },
    },
    {
      title: 'a day of a column that has a time as well',
      spec: 'bornOn',
      row: { c: '1961-03-09 00:00:00' },
      record: { bornOn: '1961-03-09' },
      change: { record: { bornOn: '1961-03-10' }, columns: { c: '1961-03-10 00:00:00' } },
    },
    {
      title: 'a wall clock in winter and in summer',
      model: 'Appointment',
      spec: 'start',
      row: { c: '2026-01-05 09:30:00' },
      record: { start: '2026-01-05T09:30:00-06:00' },
      change: { record: { start: '2026-07-05T15:00:00Z' }, columns: { c: '2026-07-05 10:00:00' } },
    },
    {
      title: 'a time that the clock passes over in spring',
      model: 'Appointment',
      spec: 'start',
      row: { c: '2026-03-08 02:30:00' },
      record: {},
      refused: /the clock never shows/,
    },
    {
      title: 'the second half past one of the night in autumn cannot be said by a wall clock',
      model: 'Appointment',
      spec: 'start',
      row: { c: '2026-11-01 01:30:00' },
      record: { start: '2026-11-01T01:30:00-05:00' },
      change: { record: { start: '2026-11-01T01:30:00-06:00' }, refused: /cannot hold/ },
    },
    {
      title: 'the same moment in another zone is no change',
      model: 'Appointment',
      spec: 'start',
      row: { c: '2026-01-05 09:30:00' },
      record: { start: '2026-01-05T09:30:00-06:00' },
      change: { record: { start: '2026-01-05T15:30:00Z' }, columns: {} },
    },
    {
      title: 'a moment with an offset of its own',
      model: 'Appointment',
      spec: { to: 'start', zone: 'offset' },
      row: { c: '2026-01-05 09:30:00.25+01' },
      record: { start: '2026-01-05T09:30:00.25+01:00' },
      change: { record: { start: '2026-01-05T12:00:00Z' }, columns: { c: '2026-01-05 12:00:00+00:00' } },
    },
    {
      title: 'a wall clock of UTC',
      model: 'Appointment',
      spec: { to: 'start', zone: 'utc' },
      row: { c: '2026-01-05 09:30' },
      record: { start: '2026-01-05T09:30:00Z' },
      change: { record: { start: '2026-01-05T09:00:00-06:00' }, columns: { c: '2026-01-05 15:00:00' } },
    },
    {
      title: 'seconds since 1970',
      model: 'Appointment',
      spec: { to: 'start', epoch: 'seconds' },
      row: { c: 1767627000 },
      record: { start: '2026-01-05T09:30:00-06:00' },
      change: { record: { start: '2026-01-05T15:31:00Z' }, columns: { c: '1767627060' } },
    },
    {
      title: 'a date and a time in two columns',
      model: 'Appointment',
      spec: { to: 'start', with: ['t'], format: 'MM/DD/YYYY hh:mm A' },
      row: { c: '01/05/2026', t: '09:30 PM' },
      record: { start: '2026-01-05T21:30:00-06:00' },
      change: { record: { start: '2026-01-06T06:05:00Z' }, columns: { c: '01/06/2026', t: '12:05 AM' } },
    },
    {
      title: 'pounds are kilograms',
      model: 'Goal',
      spec: {
        to: 'targets[0].aim[kind=amount].value',
        unit: { from: '[lb_av]', to: 'kg' },
        decimals: 1,
        columnDecimals: 0,
      },
      row: { c: 150 },
      record: { targets: [{ aim: { kind: 'amount', value: 68 } }] },
      change: { record: { targets: [{ aim: { kind: 'amount', value: 70 } }] }, columns: { c: '154' } },
    },
    {
      title: 'Fahrenheit is Celsius',
      model: 'Goal',
      spec: { to: 'targets[0].aim[kind=amount].value', unit: { from: '[degF]', to: 'Cel' }, decimals: 1 },
      row: { c: '98.6' },
      record: { targets: [{ aim: { kind: 'amount', value: 37 } }] },
    },
    {
      title: 'a number that is none',
      model: 'Phq9Assessment',
      spec: 'interest',
      row: { c: 'two' },
      record: {},
      refused: /expected a number/,
    },
    {
      title: 'an answer that the PHQ-9 does not have',
      model: 'Phq9Assessment',
      spec: 'interest',
      row: { c: 7 },
      record: {},
      refused: /3 or less/,
    },
    {
      title: 'a boolean of 0 and 1',
      spec: 'interpreterNeeded',
      row: { c: 0 },
      record: { interpreterNeeded: false },
      change: { record: { interpreterNeeded: true }, columns: { c: true } },
    },
    {
      title: 'text around a value',
      spec: { to: 'coordinator[kind=practitioner].id', text: 'staff-{value}' },
      row: { c: 12 },
      record: { coordinator: { kind: 'practitioner', id: 'staff-12' } },
      change: { record: { coordinator: { kind: 'practitioner', id: 'dr-who' } }, refused: /not of the form/ },
    },
    {
      title: 'a field of one kind leaves another kind alone',
      spec: { to: 'deceased[kind=on].date' },
      row: { c: null },
      record: {},
      change: { record: { deceased: { kind: 'known', value: true } }, columns: {} },
    },
  ];

  for (const { title, model, spec, row, record, refused, change, zone } of cases)
    it(title, () => {
      const lens = columnLens('c', spec, model, zone);
      const source: Source = { row: { id: 1, ...row } };
      const decoded = lens.decode(source, links);
      // The one column of these tables does not make a whole record: only what it says is looked at.
      const problems = decoded.problems.filter(({ column }) => column === 'c' && !refused?.test('it is missing'));
      const read = readAlone(lens, source);
      assert.deepEqual(read, record);
      if (refused) assert.match(problems[0]?.reason ?? 'nothing is refused', refused);
      if (!change) return;
      const encoded = lens.encode(change.record as Base, source, links);
      if (change.refused) {
        assert.match(encoded.problems[0]?.reason ?? 'nothing is refused', change.refused);
        assert.deepEqual(encoded.columns, {});
      } else assert.deepEqual([encoded.columns, encoded.problems], [change.columns, []]);
    });

  /** The record of a row that lacks what its type requires. */
  const readAlone = (lens: Lens, source: Source): Base => lens.decode(source, links).record;
});

describe('the laws of lenses', () => {
  const text = (max: number) =>
    fc.option(fc.string({ unit: fc.constantFrom(..."abcÄé -,'1"), maxLength: max }), { nil: null });
  const day = fc
    .date({ min: new Date('1930-01-01'), max: new Date('2029-12-28'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const american = day.map((each) => `${each.slice(5, 7)}/${each.slice(8, 10)}/${each.slice(0, 4)}`);
  const sources: Readonly<Record<string, fc.Arbitrary<Source>>> = {
    client: fc
      .record({
        client_id: fc.nat(),
        mrn: text(8),
        full_name: text(20),
        goes_by: text(8),
        born: fc.option(american, { nil: null }),
        sex_cd: fc.constantFrom('F', 'M', 'X', 'U', null, ' F '),
        mobile: text(8),
        home_phone: text(8),
        addr1: text(8),
        addr2: text(8),
        zip: text(5),
        language: fc.constantFrom('EN', 'es', ' Fr', null),
        interpreter: fc.constantFrom(0, 1, null),
        coordinator_id: fc.option(fc.nat(99), { nil: null }),
        risk: fc.constantFrom('low', 'high', null, 'wild'),
        is_deleted: fc.constant(0),
      })
      .map((row) => ({
        row,
        joined: { enrolment: { client_id: row.client_id, status_cd: 'A', started: '2026-01-12' } },
      })),
    goal: fc
      .record({
        goal_id: fc.nat(),
        client_id: fc.nat(),
        goal_text: text(20),
        status: fc.constantFrom('open', 'on', 'met', 'dropped'),
        due: fc.option(day, { nil: null }),
        weight_lb: fc.option(fc.integer({ min: 1, max: 900 }), { nil: null }),
      })
      .map((row) => ({ row })),
    visit: fc
      .record({
        visit_id: fc.nat(),
        client_id: fc.nat(),
        visit_date: day,
        visit_time: fc.constantFrom('09:30', '23:59', '00:00', '01:30', '02:30:00'),
        ends: fc.constantFrom(null, '2026-07-01 10:00:00', '2026-11-01 01:30:00'),
        minutes: fc.option(fc.integer({ min: 1, max: 600 }), { nil: null }),
        status: fc.constantFrom('S', 'D', 'N'),
      })
      .map((row) => ({ row })),
    team: fc
      .record({
        row: fc.record({ team_id: fc.nat(), client_id: fc.nat(), team_name: text(10) }),
        staff: fc.uniqueArray(fc.nat(30), { maxLength: 4 }),
      })
      .map(({ row, staff }) => ({
        row,
        lists: {
          members: staff.map((id) => ({
            member_id: id,
            team_id: row.team_id,
            staff_id: id,
            staff_name: `Staff ${id}`,
            joined: null,
          })),
        },
      })),
  };

  for (const [name, source] of Object.entries(sources)) {
    it(`row to FHIR and back changes no column of ${name}`, () => {
      const lens = lensOf(name);
      fc.assert(
        fc.property(source, (each) => {
          const { record, verdict } = lens.decode(each, links);
          fc.pre(verdict === 'good');
          const { isEmpty, problems } = lens.encode(throughFhir(lens, record), each, links);
          assert.deepEqual([isEmpty, problems], [true, []]);
        }),
        { numRuns: 500 },
      );
    });

    it(`FHIR to the row of ${name} and back is what was written, and keeps all else`, () => {
      const lens = lensOf(name);
      fc.assert(
        fc.property(source, source, (one, other) => {
          const [was, wanted] = [lens.decode(one, links), lens.decode(other, links)];
          fc.pre(was.verdict === 'good' && wanted.verdict === 'good');
          const extra = { notes: [{ text: 'kept' }] };
          const encoded = lens.encode(wanted.record, one, links);
          fc.pre(encoded.problems.length === 0 && Object.keys(encoded.lists).length === 0);
          const written: Source = {
            ...one,
            row: { ...one.row, ...encoded.columns },
            joined: Object.fromEntries(
              Object.entries(one.joined ?? {}).map(([join, row]) => [join, { ...row, ...encoded.joined[join] }]),
            ),
          };
          const again = lens.decode(written, links);
          for (const part of lens.parts) assert.ok(part.same(again.record, wanted.record), part.name);
          const kept = lens.decode(written, links, { present: { ...was.record, ...extra } as Base });
          assert.deepEqual((kept.record as unknown as typeof extra).notes, extra.notes);
        }),
        { numRuns: 500 },
      );
    });
  }
});

describe('a binding file', () => {
  const table = (more: string): string =>
    `binding: b\ntimeZone: America/Chicago\ntables:\n  - table: client\n    model: Client\n    key: id\n${more}`;
  const columns = (line: string): string => table(`    columns:\n      ${line}\n`);
  const wrong: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['that is no YAML', 'binding: [', /it is no YAML/],
    ['without a time zone', 'binding: b\ntables: []', /timeZone is missing/],
    [
      'with a zone that nobody knows',
      columns('a: recordNumber').replace('America/Chicago', 'America/Chicgo'),
      /line 2, timeZone: America\/Chicgo is no time zone/,
    ],
    [
      'with a setting that is misspelt',
      table('    colums: {}\n'),
      /line 7, tables\[0\].colums: there is no such setting; did you mean columns\?/,
    ],
    [
      'with a model that does not exist',
      columns('a: recordNumber').replace('Client', 'Clint'),
      /there is no model type Clint; did you mean Client\?/,
    ],
    [
      'with a field that does not exist',
      columns('a: legalName.famly'),
      /line 8, tables\[0\].columns.a: legalName has no field famly; did you mean family\?/,
    ],
    ['with a list and no item of it', columns('a: phones.number'), /phones in phones.number is a list: say which item/],
    [
      'with a field that has fields',
      columns('a: legalName'),
      /legalName has fields of its own: name one of legalName.given/,
    ],
    ['with a field that follows from others', columns('a: name'), /follows from other fields/],
    [
      'with a selector that nothing meets',
      columns('a: phones[use=moble].number'),
      /use=moble in phones\[use=moble\].number is none of the values home/,
    ],
    [
      'with a value that the field does not know',
      columns('a: { to: sex, values: { F: femal } }'),
      /sex: found "femal"; expected one of female/,
    ],
    [
      'with two values for one meaning',
      columns('a: { to: sex, values: { F: female, W: female } }'),
      /say by lossy what is lost/,
    ],
    [
      'with several fields and nothing between them',
      columns('a: { to: [legalName.family, pronouns] }'),
      /say by split/,
    ],
    [
      'with units of different kinds',
      columns('a: { to: "phones[0].number", unit: { from: kg, to: m } }')
        .replace('Client', 'Goal')
        .replace('phones[0].number', 'targets[0].aim[kind=amount].value'),
      /kg cannot be converted to m/,
    ],
    ['with a form that is no date', columns('a: { to: bornOn, format: MM-YYYY }'), /is no form of a date/],
    [
      'that refers to a table it does not have',
      columns('a: { to: pronouns, ref: clint }'),
      /ref names the table clint, which is not bound; did you mean client\?/,
    ],
    [
      'with a name twice',
      `${columns('a: recordNumber')}  - table: client\n    model: Client\n    key: id\n    columns: { a: pronouns }\n`,
      /there is another table called client/,
    ],
  ];
  for (const [what, text, message] of wrong)
    it(`${what} is refused with its place and what was expected`, () => {
      assert.throws(() => readBinding(text, 'yaml'), message);
    });

  it('is as docs/sync.md shows it', () => {
    const page = readFileSync(new URL('../../../docs/sync.md', import.meta.url), 'utf8');
    const [, example = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? [];
    assert.equal(readBinding(example, 'yaml').tables.length, 2);
  });

  it('may be JSON as well', () => {
    assert.deepEqual(readBinding(JSON.stringify(northside), 'json'), northside);
    assert.throws(() => readBinding('binding: b', 'json'), /it is no JSON/);
  });
});
