/** The version of this program, from package.json. */
import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
}

export const VERSION = (JSON.parse(readFileSync(new URL(import.meta.resolve('#package')), 'utf8')) as Manifest).version;
