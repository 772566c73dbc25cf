/**
 * How far an import came, on disk, so that it can go on where it stopped. NDJSON that is only appended to: a line says up to which place a
 * source is carried out, the last line of a source counts, and a line that was cut off is none.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { sentenceOf } from '../sentence.ts';
import type { Source } from './sources.ts';
import type { Place } from './unit.ts';

interface Head {
  readonly import: 1;
  readonly target: string;
}

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly record: number;
  readonly part: number;
  /** The source is carried out to its end. */
  readonly last: boolean;
}

export interface Journal {
  /** What an earlier import did of a source. @throws Error when the file has changed since */
  begun(source: Source): Pick<Place, 'record' | 'part'> | 'all' | undefined;
  settled(source: Source, place: Pick<Place, 'record' | 'part'> | undefined, last: boolean): void;
  /** Everything is carried out: nothing is left to go on with. */
  finish(): void;
  close(): void;
}

/** The lines that are JSON; none of a file that is missing or empty. */
function linesIn(path: string): readonly unknown[] | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (text === '') return undefined;
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

/** The places in a journal by path. @throws Error when it is no journal, or is of another target and should be resumed */
function placesIn(path: string, target: string, resume: boolean): ReadonlyMap<string, Entry> {
  const [head, ...entries] = linesIn(path) ?? [{ import: 1, target }];
  const { import: version, target: other } = (head ?? {}) as Partial<Head>;
  if (version !== 1) throw new Error(`${path} is not the state of an import; name another file with --state`);
  if (!resume) return new Map();
  if (other !== target) throw new Error(`${path} is the state of an import into ${other}, not into ${target}`);
  return new Map((entries as readonly Entry[]).map((entry) => [entry.path, entry]));
}

/**
 * Opens the journal at `path`; without `resume` it begins anew.
 * @throws Error with a sentence when it cannot be written or belongs to something else
 */
export function openJournal(path: string, target: string, resume: boolean): Journal {
  const places = placesIn(path, target, resume);
  let file: number;
  try {
    file = openSync(path, resume ? 'a' : 'w', 0o600);
  } catch (cause) {
    throw new Error(`The state of the import cannot be written: ${sentenceOf(cause)}; name another file with --state`, {
      cause,
    });
  }
  // A line that was cut off must not swallow the next one.
  const write = (value: Head | Entry) => writeSync(file, `${JSON.stringify(value)}\n`);
  if (places.size === 0) write({ import: 1, target });
  else writeSync(file, '\n');

  return {
    begun(source) {
      const entry = source.file && places.get(source.file.path);
      if (!entry || !source.file) return undefined;
      if (entry.size !== source.file.size || entry.mtimeMs !== source.file.mtimeMs)
        throw new Error(
          `${source.name} has changed since the import began (${entry.size} bytes then, ${source.file.size} now); import it anew, without --resume`,
        );
      return entry.last ? 'all' : entry;
    },
    settled({ file: named }, place, last) {
      if (!named) return;
      write({ ...named, record: place?.record ?? 0, part: place?.part ?? 0, last });
    },
    finish() {
      closeSync(file);
      rmSync(path, { force: true });
    },
    close: () => closeSync(file),
  };
}
