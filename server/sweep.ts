/**
 * The sweep: lets the rules look at what time alone has made due, such as a goal whose day has passed while nobody wrote anything. One process at a time
 * does it; up to when it is done is in the database. What a rule has said once it does not say again, so a sweep may be made at any time.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { FhirError } from '../resources/outcome.ts';
import type { Reaction } from '../resources/reaction.ts';
import type { ResourceType } from '../resources/types.ts';
import type { Context } from './interaction/interaction.ts';
import { readAll } from './operation/walk.ts';
import { all as everything } from './search/expression.ts';
import { MAX_COUNT } from './search/limits.ts';
import { parseQuery } from './search/parse.ts';
import { claimLease, holdLease, LeaseLost, releaseLease } from './store/lease.ts';
import { setSetting, settingOf } from './store/setting.ts';
import { sweepingIn } from './transaction/react.ts';
import { look } from './transaction/transact.ts';

const LEASE = 'sweep';
/** The setting with the day up to which everything was looked at. */
const SWEPT = 'swept';
const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** Work and rest take turns, so that requests are answered meanwhile. */
const REST_MS = 2;
const STOP_MS = 5_000;

/** What a sweep came to. */
export interface Swept {
  /** Resources that a rule looked at. */
  readonly looked: number;
  /** Resources that were written. */
  readonly changed: number;
  /** Resources at which a rule failed, with the reasons of the first ones. */
  readonly failed: number;
  readonly reasons: readonly string[];
}

export interface SweepOptions {
  /** Everything that is due; otherwise what has become due since the last sweep. */
  readonly all: boolean;
  readonly signal?: AbortSignal;
}

const MOST_REASONS = 5;

/** On nobody's behalf. Made anew each time: what the server indexes by may change meanwhile. */
const systemOf = (context: Context): Context => ({ ...context, caller: { name: 'sweep' }, scope: () => everything });

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Undefined when another process is at it. */
export async function sweep(context: Context, { all, signal }: SweepOptions): Promise<Swept | undefined> {
  const { store } = context;
  const owner = randomUUID();
  if (!(await claimLease(store, LEASE, owner))) return undefined;
  try {
    const day = dayOf(Date.now());
    const swept = all ? undefined : await settingOf(store, SWEPT);
    // A day back: what is due on a day is late by another clock already.
    const since = swept === undefined ? undefined : dayOf(Date.parse(swept) - DAY_MS);
    const sum = { looked: 0, changed: 0, failed: 0, reasons: [] as string[] };
    for (const reaction of sweepingIn(context.reactions))
      await sweepBy(reaction, day, since, owner, sum, context, signal);
    // What failed is looked at again.
    if (sum.failed === 0 && !signal?.aborted) await store.transact((session) => setSetting(session, SWEPT, day));
    return sum;
  } finally {
    await releaseLease(store, LEASE, owner);
  }
}

async function sweepBy(
  reaction: Reaction,
  day: string,
  since: string | undefined,
  owner: string,
  sum: { looked: number; changed: number; failed: number; reasons: string[] },
  context: Context,
  signal: AbortSignal | undefined,
): Promise<void> {
  const search = reaction.sweep?.(day, since);
  if (search === undefined) return;
  const mark = search.indexOf('?');
  const type = search.slice(0, mark) as ResourceType;
  const query = new URLSearchParams(search.slice(mark + 1));
  const fail = (where: string, error: unknown): void => {
    if (!(error instanceof FhirError)) throw error;
    sum.failed += 1;
    if (sum.reasons.length < MOST_REASONS) sum.reasons.push(`${reaction.name}, ${where}: ${error.message}`);
  };
  const parsed = attempt(
    () => parseQuery({ type, query, handling: 'strict' }, context.search),
    // A search parameter may still be being built.
    (error) => fail(search, error),
  );
  if (!parsed) return;
  const tx = await context.reader.settled();
  for await (const page of readAll({ ...parsed, total: 'none', count: MAX_COUNT }, tx, systemOf(context)))
    for (const { id } of page) {
      if (signal?.aborted) return;
      sum.looked += 1;
      try {
        sum.changed += await context.store.transact(async (session) => {
          await holdLease(session, LEASE, owner);
          return look(reaction, { type, id }, session, systemOf(context));
        });
      } catch (error) {
        fail(`${type}/${id}`, error);
      }
      await sleep(REST_MS);
    }
}

function attempt<T>(step: () => T, failed: (error: unknown) => void): T | undefined {
  try {
    return step();
  } catch (error) {
    failed(error);
    return undefined;
  }
}

export interface Sweeping {
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

/** Sweeps now and every so many minutes. Of several processes each tries, and one does it. */
export function startSweeping(context: Context, minutes: number, logger: Logger): Sweeping {
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  async function run(): Promise<void> {
    try {
      const swept = await sweep(context, { all: false, signal: stopped.signal });
      if (swept && swept.changed + swept.failed > 0) logger.info({ swept }, 'the rules looked at what has become due');
    } catch (error) {
      // The database may not answer, or another process has taken over: there is a next time.
      if (!stopped.signal.aborted && !(error instanceof LeaseLost))
        logger.warn({ err: error }, 'the sweep was interrupted');
    }
  }
  const start = () => {
    running ??= run().finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(start, minutes * MINUTE_MS).unref();
  start();
  return {
    async stop() {
      stopped.abort();
      clearInterval(timer);
      await Promise.race([running, sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}
