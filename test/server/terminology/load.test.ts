import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvRelease } from '../../../server/terminology/load/csv.ts';
import { delimitedRows } from '../../../server/terminology/load/delimited.ts';
import { type ReleaseFile, releaseFiles } from '../../../server/terminology/load/files.ts';
import { icd10cmRelease } from '../../../server/terminology/load/icd10cm.ts';
import { loincRelease } from '../../../server/terminology/load/loinc.ts';
import type { Release } from '../../../server/terminology/load/release.ts';
import { snomedRelease } from '../../../server/terminology/load/snomed.ts';
import { zipOf } from '../../zip.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const fileOf = (name: string, text: string): ReleaseFile => ({ name, read: () => pieces(text, 7) });

/** `code display`, `code < parent`, `code property=value`. */
async function shown(release: Release): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const item of release.items())
    if (item.kind === 'concept') lines.push(`${item.code} ${item.display}${item.active ? '' : ' (inactive)'}`);
    else if (item.kind === 'parent') lines.push(`${item.code} < ${item.parent}`);
    else lines.push(`${item.code} ${item.property}=${item.value}`);
  return lines;
}

describe('delimitedRows', () => {
  const csv: readonly [string, readonly (readonly string[])[]][] = [
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['"a ""b""","c,d"\n', [['a "b"', 'c,d']]],
    [
      '"two\nlines",x\n\ny,',
      [
        ['two\nlines', 'x'],
        ['y', ''],
      ],
    ],
    ['\uFEFFa,"",é\n', [['a', '', 'é']]],
    [',"a",\n', [['', 'a', '']]],
  ];
  for (const [text, expected] of csv)
    it(`reads ${JSON.stringify(text)} in pieces of any size`, async () => {
      for (const size of [1, 2, 3, 100]) {
        const rows: (readonly string[])[] = [];
        for await (const row of delimitedRows(pieces(text, size), { separator: ',', quoted: true })) rows.push(row);
        assert.deepEqual(rows, expected);
      }
    });

  it('refuses a quote that is never closed', async () => {
    const endless = (async function* () {
      yield Buffer.from('"');
      for (let at = 0; at < 50; at++) yield Buffer.alloc(100_000, 'x\n');
    })();
    await assert.rejects(async () => {
      for await (const _row of delimitedRows(endless, { separator: ',', quoted: true }));
    }, /quote left open/);
  });
});

describe('a release of', () => {
  it('LOINC gives codes, properties and the hierarchy of components', async () => {
    const files = [
      fileOf(
        'Loinc_2.78/LoincTable/Loinc.csv',
        '"LOINC_NUM","COMPONENT","CLASS","STATUS","LONG_COMMON_NAME","SHORTNAME"\n"44261-6","PHQ-9 total","SURVEY","ACTIVE","PHQ-9 total score","PHQ"\n"1-8","Old","CHEM","DEPRECATED","Old, one",""\n',
      ),
      fileOf(
        'AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv',
        'PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT\n,1,,LP1,Survey\nLP1,1,LP1,44261-6,PHQ-9\n',
      ),
    ];
    assert.deepEqual(await shown(loincRelease(files, '2.78')), [
      '44261-6 PHQ-9 total score',
      '44261-6 STATUS=ACTIVE',
      '44261-6 COMPONENT=PHQ-9 total',
      '44261-6 CLASS=SURVEY',
      '1-8 Old, one (inactive)',
      '1-8 STATUS=DEPRECATED',
      '1-8 COMPONENT=Old',
      '1-8 CLASS=CHEM',
      'LP1 Survey',
      '44261-6 < LP1',
    ]);
  });

  it('SNOMED CT gives the preferred terms and the active is-a relationships', async () => {
    const tabs = (...rows: readonly string[]) => `${rows.join('\n').replaceAll(' ', '\t').replaceAll('_', ' ')}\n`;
    const files = [
      fileOf(
        'Snapshot/Terminology/sct2_Concept_Snapshot_INT_20250101.txt',
        tabs(
          'id effectiveTime active moduleId definitionStatusId',
          '73211009 20020131 1 m d',
          '44054006 20020131 1 m d',
          '10000006 20020131 0 m d',
        ),
      ),
      fileOf(
        'Snapshot/Terminology/sct2_Description_Snapshot-en_INT_20250101.txt',
        tabs(
          'id effectiveTime active moduleId conceptId languageCode typeId term caseSignificanceId',
          '1 t 1 m 73211009 en 900000000000003001 Diabetes_(disorder) c',
          '2 t 1 m 73211009 en 900000000000013009 DM c',
          '3 t 1 m 73211009 en 900000000000013009 Diabetes_mellitus c',
          '4 t 0 m 44054006 en 900000000000013009 Gone c',
          '5 t 1 m 44054006 en 900000000000003001 Type_2_(disorder) c',
        ),
      ),
      fileOf(
        'Snapshot/Terminology/sct2_Relationship_Snapshot_INT_20250101.txt',
        tabs(
          'id effectiveTime active moduleId sourceId destinationId relationshipGroup typeId',
          '1 t 1 m 44054006 73211009 0 116680003',
          '2 t 0 m 10000006 73211009 0 116680003',
          '3 t 1 m 44054006 9 0 363698007',
        ),
      ),
      fileOf(
        'Snapshot/Refset/Language/der2_cRefset_LanguageSnapshot-en_INT_20250101.txt',
        tabs(
          'id effectiveTime active moduleId refsetId referencedComponentId acceptabilityId',
          'a t 1 m r 3 900000000000548007',
          'b t 1 m r 2 900000000000549004',
        ),
      ),
    ];
    assert.deepEqual(await shown(snomedRelease(files, '20250101')), [
      '73211009 Diabetes mellitus',
      '44054006 Type 2 (disorder)',
      '10000006  (inactive)',
      '44054006 < 73211009',
    ]);
  });

  it('ICD-10-CM gives codes with their dot below the code that they extend', async () => {
    const line = (code: string, flag: string, text: string) =>
      `00001 ${code.padEnd(7)} ${flag} ${text.padEnd(60)} ${text}, at length\n`;
    const text = line('F32', '0', 'Depressive episode') + line('F320', '1', 'Mild') + line('F3289', '1', 'Other');
    assert.deepEqual(await shown(icd10cmRelease([fileOf('icd10cm-order-2025.txt', text)], '2025')), [
      'F32 Depressive episode, at length',
      'F32 billable=false',
      'F32.0 Mild, at length',
      'F32.0 billable=true',
      'F32.0 < F32',
      'F32.89 Other, at length',
      'F32.89 billable=true',
      'F32.89 < F32',
    ]);
  });

  it('anything as CSV gives codes, parents and properties', async () => {
    const text = 'code,display,parent,active,colour\na,A,,,red\nb,B,a|c,false,\n';
    assert.deepEqual(await shown(csvRelease([fileOf('x.csv', text)], 'http://x', '1')), [
      'a A',
      'a colour=red',
      'b B (inactive)',
      'b < a',
      'b < c',
    ]);
    await assert.rejects(shown(csvRelease([fileOf('x.csv', 'name\nx\n')], 'http://x', '1')), /no column "code"/);
  });

  it('something else says which file is missing', () => {
    assert.throws(() => loincRelease([fileOf('readme.txt', '')], '1'), /no Loinc.csv/);
    assert.throws(() => snomedRelease([], '1'), /no sct2_Concept_Snapshot/);
  });
});

describe('releaseFiles', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  });
  after(() => rm(folder, { recursive: true }));

  const textOf = async (file: ReleaseFile | undefined): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of file?.read() ?? []) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('reads a ZIP archive, a folder and a file', async () => {
    const text = 'code\n'.repeat(10_000);
    for (const method of [0, 8] as const) {
      const path = join(folder, `release-${method}.zip`);
      await writeFile(path, zipOf({ 'a/first.csv': 'code\n', 'b/second.csv': text, 'empty.txt': '' }, method));
      const files = await releaseFiles(path);
      assert.deepEqual(
        files.map(({ name }) => name),
        ['a/first.csv', 'b/second.csv', 'empty.txt'],
      );
      assert.equal(await textOf(files[1]), text);
      assert.equal(await textOf(files[2]), '');
    }
    await writeFile(join(folder, 'plain.csv'), text);
    assert.equal(await textOf((await releaseFiles(folder)).find(({ name }) => name === 'plain.csv')), text);
    assert.equal(await textOf((await releaseFiles(join(folder, 'plain.csv')))[0]), text);
  });

  it('refuses what is not there, and what only says that it is an archive', async () => {
    await assert.rejects(releaseFiles(join(folder, 'nothing.zip')), /nothing at/);
    await writeFile(join(folder, 'false.zip'), 'x'.repeat(500));
    await assert.rejects(releaseFiles(join(folder, 'false.zip')), /no ZIP archive/);
  });
});
