/** Any code system as CSV: a column `code`, and as far as they are there `display`, `parent` and `active`; every other is a property. */
import { namedRows } from './delimited.ts';
import { type ReleaseFile, requireFile } from './files.ts';
import type { Release, ReleaseItem } from './release.ts';

const OWN = new Set(['code', 'display', 'parent', 'active']);

export function csvRelease(files: readonly ReleaseFile[], url: string, version: string): Release {
  const file = requireFile(files, /\.(csv|txt|tsv)$/i, '.csv file');
  const separator = /\.tsv$/i.test(file.name) ? '\t' : ',';
  return {
    url,
    version,
    title: '',
    async *items() {
      for await (const row of namedRows(file.read(), { separator, quoted: true })) yield* itemsOf(row, file.name);
    },
  };
}

function* itemsOf(row: Readonly<Record<string, string>>, name: string): Generator<ReleaseItem> {
  if (row.code === undefined) throw new Error(`${name} has no column "code"; it has ${Object.keys(row).join(', ')}`);
  const { code, display = '', parent = '', active = 'true' } = row;
  if (code === '') return;
  yield { kind: 'concept', code, display, active: !/^(false|0|no|inactive)$/i.test(active) };
  for (const each of parent.split('|').map((part) => part.trim()))
    if (each !== '') yield { kind: 'parent', code, parent: each };
  for (const [property, value] of Object.entries(row))
    if (!OWN.has(property) && value !== '') yield { kind: 'property', code, property, value };
}
