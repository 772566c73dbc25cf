/** Tables from files: what people export, and what is no table at all. RFC 4180; ECMA-376. */
import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRow } from '../../../../server/sync/file/file-table.ts';
import { openTable, type TableFileOptions } from '../../../../server/sync/file/open-table.ts';
import { zipOf } from '../../../zip.ts';
import { workbook } from './workbook.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-files-'));
});
after(() => rm(folder, { recursive: true }));

let files = 0;

async function tableOf(content: string | Buffer, options?: TableFileOptions) {
  files += 1;
  const path = join(folder, `export-${files}`);
  await writeFile(path, content);
  const { headers, form, rows } = await openTable(path, options);
  const list: FileRow[] = [];
  for await (const row of rows()) list.push(row);
  return { headers, form, rows: list, cells: list.map(({ cells }) => cells), lines: list.map(({ line }) => line) };
}

describe('a CSV file', () => {
  const cases: readonly (readonly [
    what: string,
    content: string | Buffer,
    cells: readonly (readonly unknown[])[],
    form?: RegExp,
  ])[] = [
    ['commas and line feeds', 'name,born\nMaria,1984\n', [['Maria', '1984']], /UTF-8, separated by ","/],
    ['carriage returns, and no end of the last line', 'name,born\r\nMaria,1984', [['Maria', '1984']]],
    ['semicolons', 'name;born\nKeller, Ana;1984\n', [['Keller, Ana', '1984']], /separated by ";"/],
    ['tabs', 'name\tborn\nMaria\t1984\n', [['Maria', '1984']], /separated by tabs/],
    ['a separator that Excel announces', 'sep=;\r\nname;born\r\nMaria;1984\r\n', [['Maria', '1984']]],
    [
      'quoted separators, quotes and line ends',
      'name,note\n"Keller, Ana","says ""hi""\nand waves"\n',
      [['Keller, Ana', 'says "hi"\nand waves']],
    ],
    ['separators in quoted headers', '"name, first; last; both";born\nMaria;1984\n', [['Maria', '1984']], /";"/],
    ['a quote inside a cell', 'name,note\nMaria,5" tall\n', [['Maria', '5" tall']]],
    ['empty cells, and white space around cells', 'name,note\n  Maria ,  \n', [['Maria', null]]],
    ['empty rows', 'name,note\n\n,\nMaria,x\n', [['Maria', 'x']]],
    ['rows that end early', 'name,note\nMaria\n', [['Maria', null]]],
    ['a byte order mark', '\uFEFFname,born\nMaria,1984\n', [['Maria', '1984']]],
    ['UTF-8', 'name,born\nŻółkiewicz,1984\n', [['Żółkiewicz', '1984']]],
    [
      'Windows-1252',
      Buffer.from('name,born\nMu\xf1oz \x96 \x80,1984\n', 'latin1'),
      [['Muñoz – €', '1984']],
      /Windows-1252/,
    ],
    [
      'UTF-16 with its mark, as "Unicode text"',
      Buffer.from('\uFEFFname\tborn\nMuñoz\t1984\n', 'utf16le'),
      [['Muñoz', '1984']],
      /UTF-16, separated by tabs/,
    ],
  ];
  for (const [what, content, cells, form] of cases)
    it(`is read with ${what}`, async () => {
      const table = await tableOf(content);
      assert.deepEqual(table.cells, cells);
      assert.deepEqual(
        table.rows.flatMap(({ problems }) => problems),
        [],
      );
      if (form) assert.match(table.form, form);
    });

  it('is Windows-1252 by one byte far down', async () => {
    const many = 'Maria,1984\n'.repeat(20_000);
    const table = await tableOf(Buffer.from(`name,born\n${many}Mu\xf1oz,1984\n`, 'latin1'));
    assert.equal(table.cells.at(-1)?.[0], 'Muñoz');
  });

  it('tells on which line each row begins', async () => {
    const { lines } = await tableOf('name,note\nMaria,"one\ntwo"\n\nIvo,x\n');
    assert.deepEqual(lines, [2, 5]);
  });

  it('tells of rows that are wider than the headers, and reads on', async () => {
    const { rows } = await tableOf('name,note\nKeller, Ana,x\nIvo,y\n');
    assert.match(rows[0]?.problems[0]?.reason ?? '', /3 cells under 2 headers/);
    assert.deepEqual(rows[1], { line: 3, cells: ['Ivo', 'y'], problems: [] });
  });

  const wrong: readonly (readonly [
    what: string,
    content: string | Buffer,
    options: TableFileOptions,
    message: RegExp,
  ])[] = [
    ['nothing in it', '', {}, /is empty/],
    ['white space alone', ' \n\n ', {}, /no row with headers/],
    [
      'a quote that never ends',
      'name,note\nMaria,x\nIvo,"y\nAna,z\n',
      {},
      /opened on line 3 or after it is never closed/,
    ],
    [
      'a row of a million characters',
      `name\n"${'x'.repeat(1_500_000)}"\n`,
      {},
      /line 2 has more than 1000000 characters/,
    ],
    ['zero bytes', 'name\u0000,born\n', {}, /zero bytes/],
    ['bytes of no known encoding', Buffer.from('na\xefme\x81,born\n', 'latin1'), {}, /neither UTF-8 nor Windows-1252/],
    [
      'an encoding that is named and wrong',
      Buffer.from('name\nMu\xf1oz\n', 'latin1'),
      { encoding: 'utf-8' },
      /is not utf-8 throughout/,
    ],
    ['a sheet asked for', 'name\nMaria\n', { sheet: 'Clients' }, /has no sheets/],
    ['a PDF', '%PDF-1.7 ...', {}, /is a PDF/],
    [
      'an old workbook',
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]),
      {},
      /old .xls workbook or one under a password/,
    ],
  ];
  for (const [what, content, options, message] of wrong)
    it(`is refused with ${what}`, () => assert.rejects(tableOf(content, options), message));

  it('that is not there is named', () =>
    assert.rejects(openTable(join(folder, 'nothing.csv')), /There is no file .*nothing\.csv/));
  it('that is a folder is named', () => assert.rejects(openTable(folder), /is no file/));
});

const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const header = (...names: readonly string[]): string => `<row>${names.map(text).join('')}</row>`;

describe('a workbook', () => {
  it('gives texts, numbers, booleans and what formulas came to', async () => {
    const { headers, cells, lines, form } = await tableOf(
      workbook({
        strings: [
          '<t>name</t>',
          '<t>Mu</t><rPh><t>ムニョス</t></rPh>',
          '<r><t>Ma</t></r><r><t xml:space="preserve">ria </t></r>',
        ],
        sheets: {
          Clients: [
            '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>score</t></is></c><c r="C1" t="str"><v>ok</v></c></row>',
            '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3"><f>SUM(1,2)</f><v>3</v></c><c r="C3" t="b"><v>1</v></c></row>',
            '<row r="7"><c r="A7" t="s"><v>1</v></c><c r="C7" t="str"><f>A1</f><v>a &amp; b</v></c></row>',
          ].join(''),
        },
      }),
    );
    assert.deepEqual(headers, ['name', 'score', 'ok']);
    assert.deepEqual(cells, [
      ['Maria', 3, true],
      ['Mu', null, 'a & b'],
    ]);
    assert.deepEqual(lines, [3, 7]);
    assert.match(form, /sheet "Clients"/);
  });

  // ECMA-376 part 1, 18.17.4: the last two columns are the serial and what it is in the systems of 1900 and 1904.
  const dates: readonly (readonly [
    format: string,
    serial: string,
    in1900: string | undefined,
    in1904: string | undefined,
  ])[] = [
    ['yyyy-mm-dd', '46143', '2026-05-01', '2030-05-02'],
    ['m/d/yy h:mm', '46143.395833333336', '2026-05-01T09:30:00', '2030-05-02T09:30:00'],
    ['[$-409]d mmm yyyy;@', '61', '1900-03-01', '1904-03-02'],
    ['dd/mm/yyyy', '60', undefined, '1904-03-01'],
    ['dd/mm/yyyy', '59', '1900-02-28', '1904-02-29'],
    ['dd/mm/yyyy', '1', '1900-01-01', '1904-01-02'],
    ['dd/mm/yyyy', '0', undefined, '1904-01-01'],
    ['h:mm', '0.5', '12:00:00', '12:00:00'],
    ['[h]:mm', '0.25', '06:00:00', '06:00:00'],
    ['mmm', '46143', '2026-05-01', '2030-05-02'],
    ['yyyy', '-1', undefined, undefined],
    ['yyyy', '99999999', undefined, undefined],
  ];
  for (const [format, serial, in1900, in1904] of dates)
    it(`reads ${serial} as ${format}`, async () => {
      for (const [is1904, expected] of [
        [false, in1900],
        [true, in1904],
      ] as const) {
        const row = `<row r="2"><c r="A2" s="1"><v>${serial}</v></c></row>`;
        const { rows } = await tableOf(workbook({ formats: [format], is1904, sheets: { A: header('born') + row } }));
        if (expected !== undefined) assert.deepEqual(rows[0]?.cells, [expected]);
        else assert.match(rows[0]?.problems[0]?.reason ?? '', /cell A2: .* is no day of the calendar/);
      }
    });

  for (const format of ['0.00', '#,##0 "days"', '[Red]0', '0.0\\h', '$#,##0_);[Red]($#,##0)', '@', 'General'])
    it(`reads a number as ${format} as a number`, async () => {
      const { cells } = await tableOf(
        workbook({ formats: [format], sheets: { A: `${header('n')}<row><c s="1"><v>46143</v></c></row>` } }),
      );
      assert.deepEqual(cells, [[46143]]);
    });

  it('takes the first sheet that is not hidden, or the one that is named', async () => {
    const sheets = { Codes: header('code') + header('X'), Clients: header('name') + header('Maria') };
    const content = workbook({ sheets, hidden: ['Codes'] });
    assert.deepEqual((await tableOf(content)).cells, [['Maria']]);
    assert.deepEqual((await tableOf(content, { sheet: 'codes' })).cells, [['X']]);
    await assert.rejects(tableOf(content, { sheet: 'Visits' }), /no sheet "Visits"; it has "Codes", "Clients"/);
  });

  it('tells of cells that hold errors, and reads on', async () => {
    const row = '<row r="2"><c r="B2" t="e"><v>#N/A</v></c><c r="A2" t="inlineStr"><is><t>Maria</t></is></c></row>';
    const { rows } = await tableOf(workbook({ sheets: { A: header('name', 'age') + row + header('Ivo', 'x') } }));
    assert.deepEqual(rows[0]?.cells, ['Maria', null]);
    assert.match(rows[0]?.problems[0]?.reason ?? '', /cell B2: the cell holds the error #N\/A/);
    assert.deepEqual(rows[1]?.cells, ['Ivo', 'x']);
  });

  it('tells of formulas that were never computed', async () => {
    const row = '<row r="2"><c r="A2"><f>SUM(1,2)</f><v></v></c><c r="B2" t="str"><f>""</f><v></v></c></row>';
    const { rows } = await tableOf(workbook({ sheets: { A: header('score', 'note') + row } }));
    assert.deepEqual(rows[0]?.problems, [
      { at: 0, reason: 'cell A2: the formula has no value; open the workbook in a spreadsheet program and save it' },
    ]);
  });

  const hostile: readonly (readonly [what: string, content: () => Buffer, message: RegExp])[] = [
    ['a ZIP archive without a workbook', () => zipOf({ 'a.txt': 'x' }, 8), /no XLSX workbook/],
    ['an archive cut off', () => workbook({ sheets: { A: header('x') } }).subarray(0, 400), /no ZIP archive/],
    ['a sheet that is no XML', () => workbook({ sheets: { A: '<row><c>' } }), /sheet1.xml in the workbook is damaged/],
    [
      'entities of its own',
      () =>
        workbook({
          sheets: { A: header('x') },
          more: { 'xl/worksheets/sheet1.xml': '<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>' },
        }),
      /damaged/,
    ],
    [
      'a text without end',
      () => workbook({ sheets: { A: header('x'.repeat(5_000_000)) } }),
      /a text of more than 2000000 characters/,
    ],
    [
      'shared strings that unpack to 120 MB',
      () =>
        workbook({
          sheets: { A: header('x') },
          strings: [],
          more: { 'xl/sharedStrings.xml': `<sst>${`<si><t>${'x'.repeat(1_000_000)}</t></si>`.repeat(120)}</sst>` },
        }),
      /unpacks to more than 100 MB/,
    ],
    [
      'a column beyond all columns',
      () => workbook({ sheets: { A: '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>' } }),
      /has a cell in column/,
    ],
    ['deflated bytes that are damaged', damaged, /is damaged/],
  ];
  for (const [what, content, message] of hostile)
    it(`is refused with ${what}`, () => assert.rejects(tableOf(content()), message));

  it('reads a large sheet row by row, as far as it is asked', async () => {
    const path = join(folder, 'large.xlsx');
    await writeFile(path, workbook({ sheets: { A: header('name') + header('Maria').repeat(400_000) } }));
    const { rows } = await openTable(path);
    let seen = 0;
    for await (const _ of rows()) if (++seen === 20) break;
    assert.equal(seen, 20);
  });
});

/** A workbook with one byte of the deflated sheet turned around. */
function damaged(): Buffer {
  const whole = workbook({ sheets: { A: header(...Array.from({ length: 400 }, (_, at) => `name ${at * 7919}`)) } });
  const at = whole.indexOf('xl/worksheets/sheet1.xml') + 'xl/worksheets/sheet1.xml'.length + 20;
  return Buffer.concat([whole.subarray(0, at), Buffer.alloc(60, 0xff), whole.subarray(at + 60)]);
}
