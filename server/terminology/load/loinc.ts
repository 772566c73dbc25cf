/**
 * LOINC as its release has it: LoincTable/Loinc.csv, and the hierarchy of components where the release includes it.
 * https://hl7.org/fhir/R4/loinc.html https://loinc.org/kb/users-guide/
 */
import { namedRows } from './delimited.ts';
import { findFile, type ReleaseFile, requireFile } from './files.ts';
import type { Release, ReleaseItem } from './release.ts';

const CSV = { separator: ',', quoted: true } as const;

/** The columns that FHIR knows as properties. https://hl7.org/fhir/R4/loinc.html#props */
const PROPERTIES = [
  'STATUS',
  'COMPONENT',
  'PROPERTY',
  'TIME_ASPCT',
  'SYSTEM',
  'SCALE_TYP',
  'METHOD_TYP',
  'CLASS',
  'CLASSTYPE',
  'ORDER_OBS',
  'CONSUMER_NAME',
] as const;

export function loincRelease(files: readonly ReleaseFile[], version: string): Release {
  const table = requireFile(files, /(^|\/)Loinc\.csv$/i, 'Loinc.csv');
  const hierarchy = findFile(files, /ComponentHierarchyBySystem\.csv$/i);
  return {
    url: 'http://loinc.org',
    version,
    title: 'LOINC',
    async *items() {
      for await (const row of namedRows(table.read(), CSV)) yield* itemsOf(row);
      if (hierarchy) for await (const row of namedRows(hierarchy.read(), CSV)) yield* placeOf(row);
    },
  };
}

function* itemsOf(row: Readonly<Record<string, string>>): Generator<ReleaseItem> {
  const code = row.LOINC_NUM;
  if (!code) return;
  const display = row.LONG_COMMON_NAME || row.SHORTNAME || '';
  yield { kind: 'concept', code, display, active: row.STATUS !== 'DEPRECATED' };
  for (const property of PROPERTIES) {
    const value = row[property];
    if (value) yield { kind: 'property', code, property, value };
  }
}

/** Parts of LOINC (LP...) that group its codes are only in the hierarchy. */
function* placeOf({
  CODE: code,
  CODE_TEXT: display,
  IMMEDIATE_PARENT: parent,
}: Readonly<Record<string, string>>): Generator<ReleaseItem> {
  if (!code) return;
  if (code.startsWith('LP')) yield { kind: 'concept', code, display: display ?? '', active: true };
  if (parent) yield { kind: 'parent', code, parent };
}
