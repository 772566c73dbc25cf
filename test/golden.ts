/** Texts that are kept in test/golden and reviewed as differences. `npm run golden` (GOLDEN=1) writes them anew. */
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Compares `text` with the file `name` of test/golden, or writes it there. */
export function golden(name: string, text: string): void {
  const file = new URL(`golden/${name}`, import.meta.url).pathname;
  if (process.env.GOLDEN) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.equal(text, readFileSync(file, 'utf8'));
}
