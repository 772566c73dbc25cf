/** `throughline sync example` and `throughline sync file`, as their user runs them. */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { practiceBinding } from '../../../server/demo/legacy/practice-binding.ts';
import { openStore } from '../../../server/store/open.ts';
import { withDatabase } from '../../databases.ts';
import { openServer } from '../../server-under-test.ts';
import { workbook } from '../sync/file/workbook.ts';
import { databasesUnderTest, inFolder, throughline } from './command.ts';

const CLIENTS = [
  'Chart No;Client Name;DOB;Sex;Cell Phone;Shoe size',
  'PV000901;Muñoz Peña, Ana;02/29/1984;F;520-555-0101;38',
  "PV000902;O'Brien, Séan;1971-07-04;M;;44",
  'PV000903;Haddad, Noor;05/05/2010;Q;;36',
  '',
].join('\r\n');

const inlineRow = (...cells: readonly (string | number)[]): string =>
  `<row>${cells.map((cell) => (typeof cell === 'number' ? `<c><v>${cell}</v></c>` : `<c t="inlineStr"><is><t>${cell}</t></is></c>`)).join('')}</row>`;

/** A day as a spreadsheet has it: a serial number under a format. */
const SCREENS = workbook({
  formats: ['yyyy-mm-dd hh:mm'],
  sheets: {
    Notes: inlineRow('made by the tablet'),
    '2026': [
      inlineRow('Chart No', 'Screened At', ...Array.from({ length: 9 }, (_, at) => `Q${at + 1}`)),
      `<row><c t="inlineStr"><is><t>PV000901</t></is></c><c s="1"><v>46143.395833333336</v></c>${'<c><v>2</v></c>'.repeat(9)}</row>`,
      `<row><c t="inlineStr"><is><t>PV000999</t></is></c><c s="1"><v>46144.5</v></c>${'<c><v>1</v></c>'.repeat(9)}</row>`,
    ].join(''),
  },
});

for (const databases of databasesUnderTest())
  describe(`throughline sync file (${databases.name})`, () => {
    const inPlace = (use: (folder: string, url: string) => Promise<void>): Promise<void> =>
      inFolder((folder) => withDatabase(databases, (url) => use(folder, url)));

    it('shows a file, takes it, and changes nothing the second time', () =>
      inPlace(async (folder, url) => {
        const run = (...args: readonly string[]) =>
          throughline(['sync', ...args], { folder, environment: { DATABASE_URL: url } });
        const example = await run(
          'example',
          '--clients',
          '3',
          '--until',
          '2026-11-01',
          '--into',
          'sqlite:practice.sqlite',
        );
        assert.equal(example.code, 0, example.stderr);
        assert.match(example.stderr, /3 clients, .* phq9_screens/);
        assert.ok((await readFile(join(folder, 'practice.yaml'), 'utf8')).includes('binding: palo-verde'));
        await writeFile(join(folder, 'clients.csv'), Buffer.from(CLIENTS.replaceAll('ñ', '\u00f1'), 'latin1'));
        const file = ['file', 'clients.csv', '--binding', 'practice.yaml', '--table', 'clients'];

        const preview = await run(...file, '--preview');
        assert.equal(preview.code, 1, preview.stderr);
        assert.match(preview.stderr, /CSV in Windows-1252, separated by ";"/);
        assert.match(preview.stderr, /"Shoe size" is no column of the binding/);
        assert.match(preview.stderr, /2 would be new, 1 bad and left out/);
        assert.match(preview.stderr, /line 4, sex, found "Q": expected one of M, F, X, U/);
        assert.match(preview.stdout, /^2 +new +PV000901 +Muñoz Peña +Ana +1984-02-29/m);
        assert.match(preview.stdout, /^4 +BAD +PV000903/m);

        const taken = await run(...file);
        assert.equal(taken.code, 1, taken.stderr);
        assert.match(taken.stderr, /2 new, 1 bad and left out/);
        const [line] = (await readFile(join(folder, 'sync-file-report.ndjson'), 'utf8'))
          .trim()
          .split('\n')
          .map((each) => JSON.parse(each));
        assert.deepEqual([line.line, line.outcome, line.problems[0].column], [4, 'bad', 'sex']);
        const again = await run(...file);
        assert.match(again.stderr, /2 without change, 1 bad and left out/);

        await writeFile(join(folder, 'screens.xlsx'), SCREENS);
        const screens = await run(
          'file',
          'screens.xlsx',
          '--sheet',
          '2026',
          '--binding',
          'practice.yaml',
          '--table',
          'phq9_screens',
        );
        assert.match(screens.stderr, /XLSX, sheet "2026"/);
        assert.match(screens.stderr, /1 new, 1 bad and left out/);
        const server = await openServer(await openStore({ url }));
        try {
          const patients = await server.http.get('/fhir/Patient?_summary=count').expect(200);
          assert.equal(patients.body.total, 2);
          const { body } = await server.http
            .get('/fhir/Observation?code=44261-6&subject:Patient.identifier=PV000901')
            .expect(200);
          const [{ resource }] = body.entry;
          assert.deepEqual(
            [resource.valueQuantity.value, resource.effectiveDateTime],
            [18, '2026-05-01T09:30:00-07:00'],
          );
        } finally {
          await server.close();
        }
      }));
  });

describe('throughline sync example', () => {
  it('writes over no database and no binding file', () =>
    inFolder(async (folder) => {
      const run = () =>
        throughline(['sync', 'example', '--clients', '2', '--into', 'sqlite:practice.sqlite'], { folder });
      assert.equal((await run()).code, 0);
      await writeFile(join(folder, 'practice.yaml'), 'mine');
      const second = await run();
      assert.equal(second.code, 1);
      assert.match(second.stderr, /there is a table clients already/);
      assert.equal(await readFile(join(folder, 'practice.yaml'), 'utf8'), 'mine');
    }));
});

describe('throughline sync file, where it cannot begin,', () => {
  it('says what is wrong and touches nothing', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'practice.yaml'), practiceBinding);
      await writeFile(join(folder, 'visits.csv'), 'Begins at,State\n2026-05-01 09:00,K\n');
      const wrong: readonly (readonly [table: string, said: RegExp])[] = [
        [
          'visits',
          /no column status \(status\); the file has "State".*nothing says who the client is: expected client_id, or chart_no, or client_name and dob/,
        ],
        ['visit', /binds no table visit; did you mean visits\?/],
      ];
      for (const [table, said] of wrong) {
        const args = ['sync', 'file', 'visits.csv', '--binding', 'practice.yaml', '--table', table];
        const { code, stderr } = await throughline(args, { folder });
        assert.equal(code, 1);
        assert.match(stderr, said);
      }
      assert.ok(!existsSync(join(folder, 'throughline.sqlite')));
    }));
});
