/**
 * One connection to SQLite: prepared statements, kept by their text. Each call must be awaited before the next: sqlite3 does not
 * order statements that are under way together.
 */
import sqlite3 from 'sqlite3';
import { tooLong } from '../time-limit.ts';
import { type CommitMark, walIndexOf } from './wal-index.ts';

export interface Connection {
  /** Rows of a statement; it is reset afterwards, so that it holds back no checkpoint. */
  all<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** The same for a statement that a search composed. @throws FhirError too-costly when it takes too long */
  search<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a statement that gives no rows. */
  run(text: string, values?: readonly unknown[]): Promise<void>;
  /** The state that the last commit of any process left; undefined when it cannot be told. */
  lastCommit(): CommitMark | undefined;
  close(): Promise<void>;
}

/** Statements kept prepared. Searches have many texts; the least recently used goes. */
const MAXIMUM_STATEMENTS = 200;

type Done = (error: Error | null) => void;

const settled = (start: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));

function opened(path: string, isNew: boolean): Promise<sqlite3.Database> {
  const mode = sqlite3.OPEN_READWRITE | (isNew ? sqlite3.OPEN_CREATE : 0);
  return new Promise((resolve, reject) => {
    const database: sqlite3.Database = new sqlite3.Database(path, mode, (error) =>
      error ? reject(new Error(`${path} cannot be opened: ${error.message}`, { cause: error })) : resolve(database),
    );
  });
}

export interface ConnectionOptions {
  /** Whether the file is made when missing. */
  readonly isNew?: boolean;
  /** Milliseconds that `search` may take; without limit when undefined. */
  readonly searchLimitMs?: number;
}

/** Opens the file at `path` and applies `pragmas` (`journal_mode = WAL`). */
export async function connect(
  path: string,
  pragmas: readonly string[],
  { isNew = false, searchLimitMs }: ConnectionOptions = {},
): Promise<Connection> {
  const walIndex = walIndexOf(path);
  const database = await opened(path, isNew).catch((error: unknown) => {
    walIndex.release();
    throw error;
  });
  const close = async () => {
    await settled((done) => database.close(done));
    walIndex.release();
  };
  try {
    for (const pragma of pragmas) await settled((done) => database.exec(`PRAGMA ${pragma}`, done));
  } catch (error) {
    await close();
    throw error;
  }
  const statements = new Map<string, sqlite3.Statement>();

  async function prepared(text: string): Promise<sqlite3.Statement> {
    const known = statements.get(text);
    if (known) {
      statements.delete(text);
      statements.set(text, known);
      return known;
    }
    const [oldest] = statements;
    if (oldest && statements.size >= MAXIMUM_STATEMENTS) {
      statements.delete(oldest[0]);
      await settled((done) => oldest[1].finalize(done));
    }
    const statement = await new Promise<sqlite3.Statement>((resolve, reject) => {
      const fresh: sqlite3.Statement = database.prepare(text, (error) => (error ? reject(error) : resolve(fresh)));
    });
    statements.set(text, statement);
    return statement;
  }

  async function all<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const statement = await prepared(text);
    const rows = await new Promise<readonly Row[]>((resolve, reject) => {
      statement.all<Row>(values, (error, found) => (error ? reject(error) : resolve(found)));
    });
    // An EXPLAIN does not end with its last row, as others do: the connection would go on reading the state of that moment.
    if (text.startsWith('EXPLAIN')) await new Promise<void>((resolve) => statement.reset(() => resolve()));
    return rows;
  }

  return {
    all,
    async search<Row>(text: string, values: readonly unknown[]) {
      if (searchLimitMs === undefined) return all<Row>(text, values);
      // Without effect on a statement that still waits for a thread, which is why there is another.
      const timer = setInterval(() => database.interrupt(), searchLimitMs);
      try {
        return await all<Row>(text, values);
      } catch (error) {
        throw (error as { code?: unknown }).code === 'SQLITE_INTERRUPT' ? tooLong(searchLimitMs, error) : error;
      } finally {
        clearInterval(timer);
      }
    },
    async run(text, values = []) {
      const statement = await prepared(text);
      await settled((done) => statement.run(values, (error: Error | null) => done(error)));
    },
    lastCommit: walIndex.lastCommit,
    async close() {
      for (const statement of statements.values()) await settled((done) => statement.finalize(done));
      statements.clear();
      await close();
    },
  };
}
