/**
 * Bounded counts: how many rows a term has, counted to a limit and no further, so that asking is cheap however large the table is.
 * Counts asked for at the same time go in one statement; a reader's counts are remembered for a short while. They choose the plan and
 * never decide what is found.
 */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import type { ResourceType } from '../../resources/types.ts';
import type { Reader } from '../store/store.ts';
import type { Driver, Selection } from './driver.ts';
import { rowsOfDriver } from './driver-sql.ts';
import type { Expression } from './expression.ts';
import type { SearchParameter } from './search-parameter.ts';
import type { SqlContext } from './sql.ts';
import type { SearchValue } from './type/search-type.ts';

// Twenty thousand index entries are counted in one to three milliseconds.
const BOUND = 20_000;
const REMEMBERED_MS = 30_000;
const MAX_REMEMBERED = 5_000;
// SQLite takes at most 2,000 columns; this keeps statements readable.
const MAX_TOGETHER = 100;
// A chain from more sources than this is not counted: following them would cost more than the count tells.
const MAX_SOURCES = 2_000;

/** Counts of rows; infinite from the bound on. */
export interface Counts {
  /** Rows that satisfy all values, each of them a test of the same row. */
  matches(param: SearchParameter, values: readonly SearchValue[]): Promise<number>;
  /** Rows that a chain or `_has` leads to, given how many sources it starts from. */
  driver(type: ResourceType, driver: Driver, sources: number): Promise<number>;
}

interface Remembered {
  readonly rows: number;
  readonly until: number;
}

interface Question {
  readonly statement: Sql;
  readonly answer: (rows: number) => void;
  readonly fail: (error: unknown) => void;
}

const memories = new WeakMap<Reader, Map<string, Remembered>>();

export function countsOf(reader: Reader, on: SqlContext, now: () => number = Date.now): Counts {
  const memory = memories.get(reader) ?? new Map<string, Remembered>();
  memories.set(reader, memory);
  let questions: Question[] = [];

  const ask = (statement: Sql): Promise<number> =>
    new Promise((answer, fail) => {
      if (questions.length === 0) queueMicrotask(answerAll);
      questions.push({ statement, answer, fail });
    });

  function answerAll(): void {
    const asked = questions;
    questions = [];
    for (let at = 0; at < asked.length; at += MAX_TOGETHER)
      void answerTogether(reader, asked.slice(at, at + MAX_TOGETHER));
  }

  async function remembered(key: string, statement: () => Sql): Promise<number> {
    const known = memory.get(key);
    if (known && known.until > now()) return known.rows;
    const rows = await ask(statement());
    if (memory.size >= MAX_REMEMBERED) memory.clear();
    memory.set(key, { rows, until: now() + REMEMBERED_MS });
    return rows;
  }

  const count = (type: ResourceType, driver: Driver): Promise<number> =>
    remembered(JSON.stringify([type, keyOfDriver(driver)]), () => rowsOfDriver(type, driver, on));

  return {
    async matches(param, values) {
      return count(param.resource, { kind: 'matches', param, values });
    },
    async driver(type, driver, sources) {
      return sources > MAX_SOURCES ? Number.POSITIVE_INFINITY : count(type, driver);
    },
  };
}

async function answerTogether(reader: Reader, questions: readonly Question[]): Promise<void> {
  try {
    const columns = questions.map(
      ({ statement }, at) => sql`(SELECT count(*) FROM (${statement} LIMIT ${BOUND}) AS bounded) AS ${raw(`c${at}`)}`,
    );
    const [row] = await reader.query<Record<string, number>>(sql`SELECT ${join(columns, ', ')}`);
    for (const [at, { answer }] of questions.entries()) {
      const rows = Number(row?.[`c${at}`] ?? 0);
      answer(rows < BOUND ? rows : Number.POSITIVE_INFINITY);
    }
  } catch (error) {
    for (const { fail } of questions) fail(error);
  }
}

/** What tells drivers apart: parameters by number, values as they are. */
function keyOfDriver(driver: Driver): unknown {
  switch (driver.kind) {
    case 'type':
      return 'type';
    case 'ids':
      return driver.ids;
    case 'matches':
      return [driver.param.number, driver.param.code, driver.values];
    case 'chain':
    case 'has':
      return [driver.kind, driver.by, driver.param.number, driver.param.code, keyOfSelection(driver.from)];
    case 'hierarchy':
      return keyOfExpression(driver.places);
    case 'union':
      return driver.of.map(keyOfSelection);
  }
}

const keyOfSelection = ({ type, driver, filters }: Selection): unknown => [
  type,
  keyOfDriver(driver),
  filters.map(keyOfExpression),
];

const keyOfExpression = (expression: Expression): string =>
  JSON.stringify(expression, (name, value) => (name === 'param' || name === 'parent' ? value.number : value));
