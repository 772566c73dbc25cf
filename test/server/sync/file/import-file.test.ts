/** Files into the FHIR side: previews that write nothing, imports that lose nothing and can be repeated, bad rows that stop no other. */
import { strict as assert } from 'node:assert';
import type { FileTable } from '../../../../server/sync/file/file-table.ts';
import { importFile, type Result } from '../../../../server/sync/file/import-file.ts';
import { previewFile } from '../../../../server/sync/file/preview-file.ts';
import { reportLine, tableOf as shown } from '../../../../server/sync/file/tell.ts';
import { onEveryDatabase, type ServerUnderTest } from '../../../server-under-test.ts';
import { optionsFor, tableOf } from './practice.ts';

type Cells = readonly (string | number | null)[];

async function all(results: AsyncIterable<Result>): Promise<readonly Result[]> {
  const list: Result[] = [];
  for await (const result of results) list.push(result);
  return list;
}

const imported = (server: ServerUnderTest, name: string, rows: readonly Cells[]) => {
  const table = tableOf(rows);
  return all(importFile(table, optionsFor(server, table, name)));
};
const previewed = (server: ServerUnderTest, name: string, rows: readonly Cells[]) => {
  const table = tableOf(rows);
  return all(previewFile(table, optionsFor(server, table, name)));
};
const fates = (results: readonly Result[]) => results.map(({ fate }) => fate);

const clients: readonly Cells[] = [
  ['Client ID', 'Chart No', 'Client Name', 'DOB', 'Sex', 'Cell Phone', 'Status'],
  [1, 'A-1', 'Muñoz Peña, María José', '02/29/1984', 'F', '520-555-0101', 'A'],
  [2, 'A-2', "O'Brien, Séan", '1971-07-04', 'M', null, 'A'],
  [3, 'A-3', 'Haddad, Noor', '05/05/2010', 'F', null, 'I'],
];

onEveryDatabase('a file of clients', (server) => {
  const total = async (query: string): Promise<number> =>
    (await server().http.get(`/fhir/${query}`).expect(200)).body.total;

  it('is previewed without writing anything', async () => {
    const results = await previewed(server(), 'clients', clients);
    assert.deepEqual(fates(results), ['new', 'new', 'new']);
    assert.deepEqual(results[0]?.record, {
      recordNumber: 'A-1',
      legalName: { family: 'Muñoz Peña', given: ['María José'] },
      bornOn: '1984-02-29',
      sex: 'female',
      phones: [{ use: 'mobile', number: '520-555-0101' }],
      active: true,
    });
    assert.equal(await total('Patient?_summary=count'), 0);
    assert.equal((await server().http.get('/fhir/Patient/_history').expect(200)).body.entry, undefined);
  });

  it('becomes Patients, once', async () => {
    const first = await imported(server(), 'clients', clients);
    assert.deepEqual(
      first.map(({ written }) => written),
      ['created', 'created', 'created'],
    );
    const again = await imported(server(), 'clients', clients);
    assert.deepEqual(fates(again), ['same', 'same', 'same']);
    assert.equal(await total('Patient?_summary=count'), 3);
    assert.equal((await server().http.get('/fhir/Patient/_history').expect(200)).body.entry.length, 3);
    const { body } = await server().http.get('/fhir/Patient?identifier=A-2').expect(200);
    assert.equal(body.entry[0].resource.birthDate, '1971-07-04');
    assert.equal(body.entry[0].resource.meta.source, 'urn:throughline:sync:acequia');
  });

  it('says which rows are about somebody whom an earlier row is about', async () => {
    const rows: readonly Cells[] = [
      ['chart_no', 'client_name', 'dob', 'sex'],
      ['D-1', 'Castellan, Wren', '01/01/1990', 'F'],
      [null, 'Castellan, Wren', '01/01/1990', 'F'],
    ];
    const results = await previewed(server(), 'clients', rows);
    assert.deepEqual(
      results.map(({ sameAs }) => sameAs),
      [undefined, 2],
    );
    const written = await imported(server(), 'clients', rows);
    assert.deepEqual(fates(written), ['new', 'same']);
    assert.equal(await total('Patient?family=castellan&_summary=count'), 1);
  });

  it('foretells what an import does with people of one name', async () => {
    const rows: readonly Cells[] = [
      ['chart_no', 'client_name', 'dob'],
      ['T-1', 'Zúñiga, Pilar', '01/09/2026'],
      // A twin under the same name, with a number of its own.
      ['T-2', 'Zuniga, PILAR', '01/09/2026'],
      // The same person once more, without a number.
      [null, 'Zuniga, Pilar', '2026-01-09'],
      // Perhaps the same, perhaps another.
      [null, 'Zúñiga, Pilar Inés', '2026-01-09'],
      ['T-3', 'Zúñiga, Rocío', '01/09/2026'],
    ];
    const foretold = await previewed(server(), 'clients', rows);
    assert.deepEqual(
      foretold.map(({ fate, sameAs }) => (sameAs === undefined ? fate : `as ${sameAs}`)),
      ['new', 'ambiguous', 'as 2', 'ambiguous', 'new'],
    );
    assert.equal(foretold[1]?.candidates?.[0]?.line, 2);
    assert.deepEqual(fates(await imported(server(), 'clients', rows)), [
      'new',
      'ambiguous',
      'same',
      'ambiguous',
      'new',
    ]);
  });

  it('updates whom it knows and keeps what it does not say', async () => {
    const hospital = {
      resourceType: 'Patient',
      id: 'known-to-the-hospital',
      identifier: [{ system: 'https://hospital.example/mrn', value: '4711', period: { start: '2020-01-01' } }],
      extension: [{ url: 'https://hospital.example/wing', valueString: 'north' }],
      name: [{ use: 'official', family: 'Sjöström', given: ['Göran'] }],
      birthDate: '1959-11-30',
      multipleBirthInteger: 2,
    } as const;
    await server().http.put('/fhir/Patient/known-to-the-hospital').send(hospital).expect(201);
    const [result] = await imported(server(), 'clients', [
      ['Chart No', 'Client Name', 'DOB', 'Cell Phone'],
      ['S-9', 'SJOSTROM, Goran', '11/30/1959', '928-555-0144'],
    ]);
    assert.equal(result?.reference, 'Patient/known-to-the-hospital');
    assert.equal(result?.matchedBy, 'name and birth date');
    const { body } = await server().http.get('/fhir/Patient/known-to-the-hospital').expect(200);
    assert.deepEqual(body.extension, hospital.extension);
    assert.deepEqual(body.identifier[0], hospital.identifier[0]);
    assert.equal(body.identifier[1].value, 'S-9');
    assert.equal(body.multipleBirthInteger, 2);
    // SJOSTROM is the same name, spelled by a poorer program.
    assert.deepEqual(body.name, hospital.name);
    assert.equal(body.meta.versionId, '2');
    assert.equal(body.telecom[0].value, '928-555-0144');
  });

  it('leaves alone what a file has no column for, enrolment in another table too', async () => {
    const { body } = await server().http.get('/care/clients?recordNumber=A-1');
    const id =
      body.items?.[0]?.id ?? (await server().http.get('/fhir/Patient?identifier=A-1')).body.entry[0].resource.id;
    await server()
      .http.patch(`/care/clients/${id}`)
      .set('Content-Type', 'application/merge-patch+json')
      .send({ enrolment: { status: 'enrolled', start: '2026-01-05' } })
      .expect(200);
    const [result] = await imported(server(), 'clients', [
      ['Chart No', 'Cell Phone'],
      ['A-1', '520-555-0177'],
    ]);
    assert.equal(result?.fate, 'changed');
    const after = (await server().http.get(`/care/clients/${id}`).expect(200)).body;
    assert.deepEqual(after.enrolment, { status: 'enrolled', start: '2026-01-05' });
    assert.deepEqual(after.phones, [{ number: '520-555-0177', use: 'mobile' }]);
    assert.equal(after.bornOn, '1984-02-29');
  });

  it('takes nothing away by an empty cell', async () => {
    const [result] = await imported(server(), 'clients', [
      ['Chart No', 'Client Name', 'DOB', 'Cell Phone', 'Status'],
      ['A-2', null, '07/04/1971', null, 'I'],
    ]);
    const after = (await server().http.get(`/fhir/${result?.reference}`).expect(200)).body;
    assert.deepEqual([after.active, after.name[0].family, after.birthDate], [false, "O'Brien", '1971-07-04']);
  });

  it('is taken but for the rows that are bad, ambiguous or of no interest', async () => {
    for (const id of ['one', 'other'])
      await server()
        .http.put(`/fhir/Patient/${id}-wojcik`)
        .send({
          resourceType: 'Patient',
          id: `${id}-wojcik`,
          name: [{ family: 'Wójcik', given: ['Baby'] }],
          birthDate: '2026-01-09',
        })
        .expect(201);
    const rows: readonly Cells[] = [
      ['Client ID', 'Chart No', 'Client Name', 'DOB', 'Sex', 'Gone', 'Branch'],
      [20, 'E-1', 'Langley, Otis', '02/30/1961', 'M', 0, 1],
      [21, 'E-2', 'Langley, Ruth', '03/01/1961', 'Q', 0, 1],
      [22, null, 'Wojcik, Baby', '01/09/2026', 'M', 0, 2],
      [23, 'E-4', 'Langley, Amos', '04/01/1961', 'M', 1, 1],
      [24, 'E-5', 'Langley, Opal', '05/01/1961', 'F', 0, 9],
      [25, 'E-6', 'Langley, Leland', '06/01/1961', 'M', 0, 2],
    ];
    const results = await imported(server(), 'clients', rows);
    assert.deepEqual(fates(results), ['bad', 'bad', 'ambiguous', 'passed', 'passed', 'new']);
    const report = results.flatMap((result) => reportLine(result) ?? []).map((line) => JSON.parse(line));
    assert.deepEqual(
      report.map(({ line, outcome }) => [line, outcome]),
      [
        [2, 'bad'],
        [3, 'bad'],
        [4, 'ambiguous'],
      ],
    );
    assert.equal(report[0].problems[0].column, 'dob');
    assert.equal(report[0].problems[0].value, '02/30/1961');
    assert.match(report[1].problems[0].reason, /expected one of M, F/);
    assert.deepEqual(report[2].candidates.map(({ id }: { id: string }) => id).sort(), ['one-wojcik', 'other-wojcik']);
    assert.equal(await total('Patient?family=langley&_summary=count'), 1);
  });

  it('is not taken where a row is out of step with its headers', async () => {
    const results = await imported(server(), 'clients', [
      ['Chart No', 'Client Name', 'DOB'],
      ['F-1', 'Nakagawa', ' Perpetua', '01/01/1990'],
      ['F-2', 'Nakagawa, Citlali', '01/01/1991'],
    ]);
    assert.deepEqual(fates(results), ['bad', 'new']);
    assert.match(results[0]?.problems[0]?.reason ?? '', /4 cells under 3 headers/);
  });

  it('is not taken where a cell that counts holds an error, and is where it does not count', async () => {
    const table: FileTable = {
      headers: ['Chart No', 'Client Name', 'DOB', 'Age'],
      form: 'test',
      async *rows() {
        const cells = ['G-1', 'Dahl, Sunniva', '1990-01-01', null];
        yield { line: 2, cells, problems: [{ at: 2, reason: 'cell C2: the cell holds the error #N/A' }] };
        yield { line: 3, cells, problems: [{ at: 3, reason: 'cell D3: the cell holds the error #REF!' }] };
      },
    };
    const results = await all(importFile(table, optionsFor(server(), table, 'clients')));
    assert.deepEqual(fates(results), ['bad', 'new']);
    assert.deepEqual(results[0]?.problems, [{ column: 'dob', reason: 'cell C2: the cell holds the error #N/A' }]);
  });

  it('of many rows is written but for the one that the server refuses', async () => {
    // A control character is no FHIR string, which only the server says.
    const rows = Array.from(
      { length: 120 },
      (_, at): Cells => [
        `M-${at}`,
        `Many, Person${at}${at === 60 ? '\u0001' : ''}`,
        `2000-01-${String((at % 28) + 1).padStart(2, '0')}`,
      ],
    );
    const results = await imported(server(), 'clients', [['chart_no', 'client_name', 'dob'], ...rows]);
    const bad = results.filter(({ fate }) => fate === 'bad');
    assert.deepEqual(
      bad.map(({ line, written }) => [line, written]),
      [[62, 'refused']],
    );
    assert.equal(results.filter(({ written }) => written === 'created').length, 119);
    assert.equal(await total('Patient?family=many&_summary=count'), 119);
  });
});

onEveryDatabase('a file of what happens to clients', (server) => {
  before(async () => {
    await imported(server(), 'clients', clients);
  });

  const total = async (query: string): Promise<number> =>
    (await server().http.get(`/fhir/${query}`).expect(200)).body.total;

  const visits: readonly Cells[] = [
    ['Chart No', 'Client Name', 'DOB', 'Begins at', 'Ends at', 'Status'],
    ['A-1', null, null, '2026-05-01 09:30', '2026-05-01 10:00', 'K'],
    [null, "O'Brien, Sean", '07/04/1971', '2026-05-02T11:00:00', '2026-05-02T11:30:00', 'S'],
    ['A-99', null, null, '2026-05-03 09:00', '2026-05-03 09:30', 'S'],
    [null, null, null, '2026-05-03 09:00', '2026-05-03 09:30', 'S'],
    ['A-3', null, null, 'soon', '2026-05-03 09:30', 'S'],
  ];

  it('finds each client by number or by name and birth date', async () => {
    const results = await imported(server(), 'visits', visits);
    assert.deepEqual(fates(results), ['new', 'new', 'bad', 'bad', 'bad']);
    assert.deepEqual(
      results.slice(0, 2).map(({ matchedBy }) => matchedBy),
      ['identifier A-1', 'name and birth date'],
    );
    assert.match(results[2]?.problems[0]?.reason ?? '', /no client is known by chart_no/);
    assert.match(results[3]?.problems[0]?.reason ?? '', /nothing says who the client is/);
    assert.equal(results[4]?.problems[0]?.column, 'begins_at');
    const { body } = await server().http.get('/fhir/Appointment?patient.identifier=A-1').expect(200);
    assert.equal(body.entry[0].resource.start, '2026-05-01T09:30:00-07:00');
    assert.equal(body.entry[0].resource.status, 'fulfilled');
  });

  it('without keys changes nothing when it comes again', async () => {
    assert.deepEqual(fates(await imported(server(), 'visits', visits)), ['same', 'same', 'bad', 'bad', 'bad']);
    assert.equal(await total('Appointment?_summary=count'), 2);
  });

  it('with keys changes the rows that have changed', async () => {
    const row = (status: string, note: string | null): readonly Cells[] => [
      ['visit_id', 'client_id', 'begins_at', 'ends_at', 'status', 'comments'],
      [7, 1, '2026-06-01 09:00', '2026-06-01 09:30', status, note],
    ];
    assert.deepEqual(fates(await imported(server(), 'visits', row('S', null))), ['new']);
    const [changed] = await imported(server(), 'visits', row('N', 'no call'));
    assert.equal(changed?.fate, 'changed');
    const { body } = await server().http.get(`/fhir/${changed?.reference}`).expect(200);
    assert.deepEqual([body.status, body.comment, body.meta.versionId], ['noshow', 'no call', '2']);
  });

  const answers = (...points: readonly (number | null)[]): Cells => ['A-1', '2026-05-01 09:40', ...points];
  const screens: readonly Cells[] = [
    ['Chart No', 'Screened on', 'Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6', 'Q7', 'Q8', 'Q9'],
    answers(2, 2, 3, 2, 1, 1, 1, 0, 1),
    answers(2, 2, 7, 2, 1, 1, 1, 0, 1),
  ];

  it('becomes PHQ-9 responses that are scored, once', async () => {
    const results = await imported(server(), 'screens', screens);
    assert.deepEqual(fates(results), ['new', 'bad']);
    assert.deepEqual(
      results[1]?.problems.map(({ column, value }) => [column, value]),
      [['q3', 7]],
    );
    const patient = results[0]?.client;
    const { body } = await server().http.get(`/fhir/Observation?subject=${patient}&code=44261-6`).expect(200);
    assert.deepEqual(
      body.entry.map(
        ({ resource }: { resource: { valueQuantity: { value: number } } }) => resource.valueQuantity.value,
      ),
      [13],
    );
    const tasks = await total(`Task?patient=${patient}&_summary=count`);
    assert.ok(tasks > 0, 'thoughts of self-harm ask for somebody to look');
    assert.deepEqual(fates(await imported(server(), 'screens', screens)), ['same', 'bad']);
    assert.equal(await total('QuestionnaireResponse?_summary=count'), 1);
    assert.equal(await total(`Task?patient=${patient}&_summary=count`), tasks);
  });
});

describe('the table of a preview', () => {
  const result = (line: number, record: object): Result => ({ line, fate: 'new', record, problems: [], marks: [] });

  it('shows as many fields as have room, and names the others', () => {
    const lines = shown(
      [result(2, { recordNumber: 'A-1', legalName: { family: 'Muñoz', given: ['Ana'] }, bornOn: '1984-02-29' })],
      70,
    );
    assert.deepEqual(lines, [
      'line  would be  client found by  recordNumber  legalName.family',
      '----  --------  ---------------  ------------  ----------------',
      '2     new                        A-1           Muñoz',
      'and 2 more fields: legalName.given[0], bornOn',
    ]);
  });

  it('takes control characters out of what goes to a terminal', () => {
    const lines = shown([result(2, { recordNumber: 'A\u001b[2J-1' })], 80);
    assert.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
  });
});
