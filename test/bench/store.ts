/**
 * The store against its own driver: transactions of 100 resources with 17 index rows each through `Store.transact`, and a loop that
 * writes the same rows straight, one statement a table. `npx tsx test/bench/store.ts [sqlite | postgres://...]`
 */
import { parseArgs } from 'node:util';
import type { ResourceType } from '../../resources/types.ts';
import type { IndexRows } from '../../server/search/index-table.ts';
import { openStore } from '../../server/store/open.ts';
import type { Store, Write } from '../../server/store/store.ts';
import { type Database, type Databases, databasesAt } from '../databases.ts';
import { openRows } from './rows/open-rows.ts';
import { type TransactionRows, transactionsOf } from './rows/transaction-rows.ts';
import { median } from './statistics.ts';

const TRANSACTIONS = 60;
const RESOURCES = 100;
const ROUNDS = 5;

const systems = ['http://loinc.org', 'http://snomed.info/sct', 'http://hl7.org/fhir/observation-status', 'urn:mrn'];
const systemOf = (place: number): string => systems[place % systems.length] ?? '';

/** 17 rows, as those of an Observation are spread over the tables. */
function rowsOf(number: number): IndexRows {
  const patient = `patient-${number % 997}`;
  const instant = 1_700_000_000_000 + number * 61_000;
  return {
    token_index: Array.from({ length: 8 }, (_, place) => [
      place + 1,
      `code-${(number * 7 + place) % 211}`,
      systemOf(place),
    ]),
    string_index: [[9, `name ${number % 499}`, `Name ${number % 499}`]],
    date_index: [
      [10, instant, instant + 1],
      [11, instant, instant + 86_400_000],
    ],
    quantity_index: [[12, number % 50, number % 50, 'http://unitsofmeasure.org|kg', 0]],
    reference_index: [
      [13, patient, 113],
      [14, `encounter-${number}`, 49],
      [15, 'practitioner-1', 117],
    ],
    composite_index: [
      [16, `code-${number % 211}`, 'http://loinc.org', '', 1, 2, '', 0],
      [17, patient, '', 'x', 0, 0, '', 0],
    ],
  };
}

const body = 'The client slept better this week and walked twice with her daughter. '.repeat(20);

function writeOf(number: number, type: ResourceType = 'Observation'): Write {
  const id = `observation-${number}`;
  const content = JSON.stringify({ resourceType: type, id, meta: { versionId: '1' }, note: [{ text: body }] });
  return { type, id, method: 'POST', version: 1, content, rowsBefore: {}, rowsAfter: rowsOf(number) };
}

const writes: readonly (readonly Write[])[] = Array.from({ length: TRANSACTIONS }, (_, transaction) =>
  Array.from({ length: RESOURCES }, (_each, place) => writeOf(transaction * RESOURCES + place)),
);

/** Resources a second. */
async function rateOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (TRANSACTIONS * RESOURCES * 1000) / (performance.now() - started);
}

/** `clients` transactions are under way at a time. */
async function through(store: Store, transactions: readonly (readonly Write[])[], clients: number): Promise<void> {
  const waiting = [...transactions];
  const client = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const taken = next;
      await store.transact(async (session) => session.write(taken));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

async function withStore<T>(databases: Databases, use: (store: Store, database: Database) => Promise<T>): Promise<T> {
  const database = await databases.create();
  const store = await openStore({ url: database.url });
  try {
    return await use(store, database);
  } finally {
    await store.close();
    await database.drop();
  }
}

/** The rows that the store makes of the transactions. */
const recorded = (databases: Databases): Promise<readonly TransactionRows[]> =>
  withStore(databases, async (store, database) => {
    await through(store, writes, 1);
    const access = await openRows(database.url);
    return transactionsOf(access, RESOURCES).finally(() => access.close());
  });

const straight = (databases: Databases, transactions: readonly TransactionRows[]): Promise<number> =>
  withStore(databases, async (_store, database) => {
    const access = await openRows(database.url);
    await access.tables();
    const rate = await rateOf(async () => {
      for (const transaction of transactions) await access.write(transaction);
    });
    await access.close();
    return rate;
  });

const { positionals } = parseArgs({ allowPositionals: true });
const databases = databasesAt(positionals[0] ?? 'sqlite');
const transactions = await recorded(databases);
const singles = writes.flat().map((write) => [write]);
const figures: { readonly name: string; readonly rate: () => Promise<number>; readonly rates: number[] }[] = [
  { name: `straight, ${RESOURCES} a commit`, rate: () => straight(databases, transactions), rates: [] },
  ...[1, 4].map((clients) => ({
    name: `store, ${RESOURCES} a transaction, ${clients} at a time`,
    rate: () => withStore(databases, (store) => rateOf(() => through(store, writes, clients))),
    rates: [],
  })),
  ...[1, 32].map((clients) => ({
    name: `store, 1 a transaction, ${clients} at a time`,
    rate: () => withStore(databases, (store) => rateOf(() => through(store, singles, clients))),
    rates: [],
  })),
];
for (let round = 0; round < ROUNDS; round += 1) for (const { rate, rates } of figures) rates.push(await rate());

const base = median(figures[0]?.rates ?? []);
console.log(`${databases.name}: ${RESOURCES * TRANSACTIONS} resources, 17 index rows each, median of ${ROUNDS} rounds`);
for (const { name, rates } of figures) {
  const rate = median(rates);
  console.log(`${name.padEnd(42)} ${rate.toFixed(0).padStart(7)} resources/s ${(rate / base).toFixed(2).padStart(7)}`);
}
