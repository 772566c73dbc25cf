/**
 * ICD-10-CM as its order file has it, in columns: 1-5 a number, 7-13 the code without its dot, 15 whether it can be billed, 17-76 the short
 * and from 78 the long description. https://www.cms.gov/medicare/coding-billing/icd-10-codes
 */
import { delimitedRows } from './delimited.ts';
import { type ReleaseFile, requireFile } from './files.ts';
import type { Release } from './release.ts';

/** `F320` is written `F32.0`. */
const dotted = (code: string): string => (code.length > 3 ? `${code.slice(0, 3)}.${code.slice(3)}` : code);

export function icd10cmRelease(files: readonly ReleaseFile[], version: string): Release {
  const file = requireFile(files, /icd10cm[-_]?order.*\.txt$/i, 'icd10cm-order file');
  return {
    url: 'http://hl7.org/fhir/sid/icd-10-cm',
    version,
    title: 'ICD-10-CM',
    async *items() {
      const seen = new Set<string>();
      for await (const [line = ''] of delimitedRows(file.read(), { separator: '\t', quoted: false })) {
        const bare = line.slice(6, 14).trim();
        if (!/^[A-Z][0-9A-Z]{2,6}$/.test(bare)) continue;
        const code = dotted(bare);
        seen.add(bare);
        yield { kind: 'concept', code, display: (line.slice(77).trim() || line.slice(16, 77)).trim(), active: true };
        yield { kind: 'property', code, property: 'billable', value: line[14] === '1' ? 'true' : 'false' };
        const above = longestPrefix(bare, seen);
        if (above) yield { kind: 'parent', code, parent: dotted(above) };
      }
    },
  };
}

/** The code directly above: codes stand after those that they extend. */
function longestPrefix(code: string, seen: ReadonlySet<string>): string | undefined {
  for (let length = code.length - 1; length >= 3; length--) {
    const prefix = code.slice(0, length);
    if (seen.has(prefix)) return prefix;
  }
  return undefined;
}
