/** The version of this program, from package.json. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Manifest {
  readonly version: string;
}

const manifest = createRequire(import.meta.url).resolve('#package');

export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as Manifest).version;
