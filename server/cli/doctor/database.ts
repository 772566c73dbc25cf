/** The database: is it there, is it ours, has it room, is it quick, what is in it. Nothing is changed. */
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Contents,
  contentsOf,
  type Inspectable,
  inspect,
  readMs,
  type SchemaState,
  schemaState,
  sqliteFile,
  writeMs,
} from '../../store/inspection.ts';
import { parameterKey } from '../../store/parameters.ts';
import { writeTo } from '../../store/sqlite/inspect.ts';
import { instantOf, millisecondsOf } from '../../store/store.ts';
import { bytesText, numberText } from '../progress.ts';
import { masked, sentenceOf } from '../sentence.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { packagesFinding } from './packages.ts';
import { viewsFinding } from './views.ts';

const GIGABYTE = 1_000_000_000;

/** A disk with less than this is full before somebody looks. */
const NO_ROOM = 100_000_000;

/** Clocks that differ by more, or writes of the future, put history out of order. */
const CLOCK_MS = 1000;

/** A commit on a disk that does what it says takes less; so does one over a near network. */
const SLOW_WRITE_MS = 50;
const SLOW_READ_MS = 20;

const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

function schemaFinding(state: SchemaState): Finding {
  switch (state.kind) {
    case 'same':
      return ok('schema', 'of this version');
    case 'absent':
      return warn('schema', 'there are no tables yet', 'the first start of serve, import or demo makes them');
    case 'older':
      return warn(
        'schema',
        `older than this version: ${state.missing.join(', ')} missing`,
        'make a backup and start this version, which brings it up to date',
      );
    case 'newer':
      return fail(
        'schema',
        `newer than this version, which does not know ${state.migration}`,
        'start the version that made it, or use another database',
      );
    case 'different':
      return fail(
        'schema',
        `the migration ${state.migration} differs from the one of this version`,
        'it was made by another program or an unreleased version: use another database',
      );
  }
}

async function diskFinding(folder: string, bytes: number): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const what = `${bytesText(free)} beside the database`;
  const details = { free };
  if (free < NO_ROOM) return fail('free disk', what, 'make room: writes will fail when it is full', details);
  if (free < Math.max(GIGABYTE, bytes / 10)) return warn('free disk', what, 'make room before it is full', details);
  return ok('free disk', what, details);
}

function sizeFindings({ bytes, walBytes }: Inspectable): readonly Finding[] {
  const size = ok('size', bytesText(bytes), { bytes });
  if (walBytes === undefined) return [size];
  const what = bytesText(walBytes);
  const log =
    walBytes > GIGABYTE
      ? warn('write-ahead log', what, 'a long read holds it back: end it, or restart the server', { bytes: walBytes })
      : ok('write-ahead log', what, { bytes: walBytes });
  return [size, log];
}

async function writeFinding(write: () => Promise<void>, advice: string): Promise<Finding> {
  try {
    const ms = await writeMs({ write });
    const details = { milliseconds: ms };
    const what = `a commit waits ${milliseconds(ms)}`;
    return ms > SLOW_WRITE_MS
      ? warn('write', what, 'the disk or the way to it is slow: writes are', details)
      : ok('write', what, details);
  } catch (error) {
    return fail('write', `nothing can be written: ${masked(sentenceOf(error))}`, advice);
  }
}

async function readFinding(database: Inspectable): Promise<Finding> {
  const ms = await readMs(database);
  const what = `a resource in ${milliseconds(ms)}`;
  const details = { milliseconds: ms };
  return ms > SLOW_READ_MS
    ? warn('read', what, 'the database or the way to it is slow', details)
    : ok('read', what, details);
}

function clockFindings(database: Inspectable, { lastTx }: Contents, now: number): readonly Finding[] {
  const findings: Finding[] = [];
  const apart = database.now === undefined ? 0 : Math.abs(database.now - now);
  if (apart > CLOCK_MS)
    findings.push(
      warn('clock', `${milliseconds(apart)} apart from that of the database`, 'let both follow the same time server'),
    );
  if (millisecondsOf(lastTx) > now + CLOCK_MS)
    findings.push(
      warn(
        'clock',
        `the last write is of ${instantOf(lastTx)}, which is to come`,
        'a clock was ahead: set it right; new versions are dated after that write until then',
      ),
    );
  return findings;
}

function contentFindings({ counts, parameters, lastTx }: Contents): readonly Finding[] {
  const byType = [...counts].sort(([, a], [, b]) => b - a);
  const total = byType.reduce((sum, [, count]) => sum + count, 0);
  const most = byType.slice(0, 5).map(([type, count]) => `${numberText(count)} ${type}`);
  const others = byType.length > 5 ? `, ${byType.length - 5} further types` : '';
  const last = lastTx > 0 ? `; last written ${instantOf(lastTx)}` : '';
  const listed = most.length > 0 ? ` (${most.join(', ')}${others})` : '';
  const pending = parameters.filter(({ status }) => status !== 'active');
  const work = pending.map((parameter) => `${parameterKey(parameter)} ${parameter.status}`);
  return [
    ok('resources', `${numberText(total)}${listed}${last}`, { total, byType: Object.fromEntries(byType) }),
    pending.length > 0
      ? warn(
          'search parameters',
          `${pending.length} of ${parameters.length} have index work to do (${work.slice(0, 3).join(', ')}${pending.length > 3 ? ', ...' : ''})`,
          'leave a server running until it is done; a search by one that is filling is refused until then',
          { active: parameters.length - pending.length, pending: work },
        )
      : ok('search parameters', `${numberText(parameters.length)} indexed`, {
          active: parameters.length,
          pending: work,
        }),
  ];
}

/** The nearest folder that is there: where the file would be made. */
async function existingFolder(path: string): Promise<string> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const found = await statfs(folder).catch(() => undefined);
    if (found || folder === dirname(folder)) return folder;
  }
}

const FOLDER_ADVICE =
  'give the account that runs the server the right to write there, or name another file in DATABASE_URL';

async function absentFindings(file: string): Promise<readonly Finding[]> {
  const folder = await existingFolder(file);
  return [
    warn(
      'database',
      `there is none at ${file}`,
      'the first start of serve, import or demo makes it; or correct DATABASE_URL',
    ),
    await writeFinding(() => writeTo(folder), FOLDER_ADVICE),
    await diskFinding(folder, 0),
  ];
}

/** PostgreSQL may be starting, and a SQLite file may be locked: one further attempt. */
async function reached(url: string): Promise<Inspectable> {
  try {
    return await inspect(url);
  } catch {
    await wait(500);
    return inspect(url);
  }
}

/** Everything about the database at a URL that is valid. */
export async function databaseFindings(url: string, now: number): Promise<readonly Finding[]> {
  if (url === 'sqlite::memory:')
    return [
      warn('database', 'sqlite::memory: is gone when the server stops', 'name a file or PostgreSQL in DATABASE_URL'),
    ];
  const file = sqliteFile(url);
  let database: Inspectable;
  try {
    database = await reached(url);
  } catch (error) {
    if (file !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return absentFindings(file);
    const advice =
      file === undefined ? 'start PostgreSQL, or correct DATABASE_URL' : 'correct DATABASE_URL, or restore the file';
    return [fail('database', `${masked(url)} cannot be reached: ${masked(sentenceOf(error))}`, advice)];
  }
  try {
    return await reachedFindings(database, url, file, now);
  } finally {
    await database.close();
  }
}

async function reachedFindings(
  database: Inspectable,
  url: string,
  file: string | undefined,
  now: number,
): Promise<readonly Finding[]> {
  const state = await schemaState(database);
  const findings = [
    ok('database', `${database.product} at ${masked(url)}`),
    schemaFinding(state),
    ...sizeFindings(database),
    ...(file === undefined ? [] : [await diskFinding(dirname(resolve(file)), database.bytes)]),
    await writeFinding(
      database.write,
      file === undefined ? 'is it a replica? name the primary in DATABASE_URL' : FOLDER_ADVICE,
    ),
  ];
  if (state.kind !== 'same') return findings;
  const contents = await contentsOf(database);
  return [
    ...findings,
    await readFinding(database),
    ...clockFindings(database, contents, now),
    ...contentFindings(contents),
    await packagesFinding(database),
    await viewsFinding(database, file === undefined ? 'postgres' : 'sqlite'),
  ];
}
