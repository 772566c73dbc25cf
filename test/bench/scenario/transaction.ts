/**
 * Transactions of 100 entries over HTTP against a loop that writes the same rows straight to the same database: the cost of HTTP, parsing,
 * validation, references, indexing and answers. The loop has its rows ready, the same driver and the same durability.
 */

import type { RequestText } from '../../raw-http.ts';
import { post, postBundles, putBundles } from '../population.ts';
import { residentMb } from '../process-figures.ts';
import { openRows } from '../rows/open-rows.ts';
import { type RowAccess, type TransactionRows, transactionsOf } from '../rows/transaction-rows.ts';
import { atLeast, type Bench, type Report, type Row, type Scenario } from '../scenario.ts';
import { startService } from '../service.ts';
import { median } from '../statistics.ts';

const ENTRIES = 100;
/** So many come first and are not counted: a server that runs for weeks is not measured by its first second. */
const warmUp = ({ options }: Bench): number => (options.quick ? 1 : 20);

/** Our definitions, which the first start stores, are no rows of these transactions. */
const start = (url: string) => startService(url, [], { OWN_DEFINITIONS: 'false' });

interface Served {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly rssMb: number;
  /** What the transactions left in the database, when wanted. */
  readonly rows: readonly TransactionRows[];
}

/** Sends the transactions to a server on an empty database. */
async function served(
  bench: Bench,
  bundles: readonly object[],
  connections: number,
  wantRows: boolean,
): Promise<Served> {
  const { databases, load } = bench;
  const database = await databases.create();
  const { port, pid, stop } = await start(database.url);
  const all = bundles.map((bundle) => post('/fhir', bundle));
  const run = (requests: readonly RequestText[]) =>
    load.runKind({ port, connections, order: 'once', kinds: [{ name: 'transaction', requests }] });
  await run(all.slice(0, warmUp(bench)));
  const { p99Ms, perSecond } = await run(all.slice(warmUp(bench)));
  const rssMb = residentMb(pid);
  await stop();
  let rows: readonly TransactionRows[] = [];
  if (wantRows) {
    const access = await openRows(database.url);
    rows = await transactionsOf(access, ENTRIES);
    await access.close();
  }
  await database.drop();
  return { perSecond: perSecond * ENTRIES, p99Ms, rssMb, rows };
}

/** Writes the rows to an empty database with so many connections; resources a second. */
async function straight(bench: Bench, transactions: readonly TransactionRows[], connections: number) {
  const database = await bench.databases.create();
  await (await start(database.url)).stop();
  const accesses = await Promise.all(Array.from({ length: connections }, () => openRows(database.url)));
  for (const access of accesses) await access.tables();
  const write = async (waiting: TransactionRows[]) => {
    const one = async (access: RowAccess) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await access.write(next);
    };
    await Promise.all(accesses.map(one));
  };
  await write(transactions.slice(0, warmUp(bench)));
  const measured = transactions.slice(warmUp(bench));
  const { length: count } = measured;
  const started = performance.now();
  await write(measured);
  const seconds = (performance.now() - started) / 1000;
  for (const access of accesses) await access.close();
  await database.drop();
  return (count * ENTRIES) / seconds;
}

const CONNECTIONS = [1, 4];

export const transaction: Scenario = {
  name: 'transaction',
  title: `Transactions of ${ENTRIES} entries`,
  async run(bench: Bench): Promise<Report> {
    const { options, databases } = bench;
    const count = warmUp(bench) + (options.quick ? 5 : 50);
    const forms = [
      { form: 'PUT with new ids', bundles: putBundles(count, ENTRIES) },
      { form: 'POST', bundles: postBundles(count, ENTRIES) },
    ];
    const rows: Row[] = [];
    const targets: Report['targets'] & object[] = [];
    // SQLite has one writer, so its loop has one connection; PostgreSQL's loop has as many as the HTTP client.
    const loops = databases.name === 'SQLite' ? [1] : CONNECTIONS;
    const { rows: transactions } = await served(bench, postBundles(count, ENTRIES), 1, true);
    const rates = new Map<string, number[]>();
    const note = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate]);
    const figures = new Map<string, Row['figures']>();
    for (let round = 0; round < options.rounds; round++) {
      for (const connections of loops)
        note(`straight, ${connections}`, await straight(bench, transactions, connections));
      for (const { form, bundles } of forms)
        for (const connections of CONNECTIONS) {
          const { perSecond, p99Ms, rssMb } = await served(bench, bundles, connections, false);
          note(`${form}, ${connections}`, perSecond);
          figures.set(`${form}, ${connections}`, { 'p99 ms a transaction': p99Ms, 'RSS MB after': rssMb });
        }
    }
    const rate = (name: string) => median(rates.get(name) ?? []);
    for (const connections of loops)
      rows.push({
        name: `rows written straight, ${connections} connection(s)`,
        figures: { 'resources/s': rate(`straight, ${connections}`) },
      });
    for (const { form } of forms)
      for (const connections of CONNECTIONS) {
        const name = `${form}, ${connections}`;
        const loop = `straight, ${loops.includes(connections) ? connections : 1}`;
        const ratio = median(
          (rates.get(name) ?? []).map((each, round) => each / (rates.get(loop)?.[round] ?? Number.NaN)),
        );
        rows.push({
          name: `HTTP, ${form}, ${connections} connection(s)`,
          figures: { 'resources/s': rate(name), 'of straight': ratio, ...figures.get(name) },
        });
        if (connections === CONNECTIONS.at(-1))
          targets.push(atLeast(0.5, `${form}: at least half the resources/s of the loop`, ratio));
      }
    return { rows, targets };
  },
};
