/**
 * A server is killed while clients write, started again, and asked for everything that it had acknowledged.
 *
 * Each writer has a Patient `ward-N` that it updates, creates Patients, and sends transactions. Transaction T of writer N updates `ward-N` and
 * puts three Observations `ward-N-T-1` to `-3`, so the version of `ward-N` that names T and the Observations are there together or not at all.
 */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle, Observation, Patient } from '../../resources/types.ts';
import { Random } from '../../server/demo/random.ts';
import { type FhirAnswer, type FhirConnection, fhirConnection } from './fhir-connection.ts';
import { startServer } from './server-process.ts';

const WRITERS = 8;
const PARTS = [1, 2, 3];

/** What one writer did; carried over from round to round. */
interface Writer {
  readonly ward: string;
  /** The text of every version that the server acknowledged, by its address. */
  readonly acknowledged: Map<string, string>;
  /** Transactions that were acknowledged, and the one that was under way when the server died. */
  readonly transactions: Set<number>;
  attempted: number;
}

export interface Tally {
  readonly acknowledged: number;
  readonly transactions: number;
  /** Transactions that were not acknowledged and are there as a whole, which is right too. */
  readonly unacknowledged: number;
}

const wardOf = ({ ward }: Writer, transaction: number): Patient => ({
  resourceType: 'Patient',
  id: ward,
  name: [{ text: `Transaction ${transaction}` }],
});

const observationId = ({ ward }: Writer, transaction: number, part: number): string => `${ward}-${transaction}-${part}`;

function bundleOf(writer: Writer, transaction: number): Bundle {
  const observations = PARTS.map((part): Observation => {
    const id = observationId(writer, transaction, part);
    return { resourceType: 'Observation', id, status: 'final', code: { text: 'Weight' }, valueInteger: transaction };
  });
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [wardOf(writer, transaction), ...observations].map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })),
  };
}

function remember({ acknowledged }: Writer, { status, json, text }: FhirAnswer): void {
  assert.ok(status === 200 || status === 201, `a write was answered with ${status}: ${text}`);
  const { resourceType, id, meta } = json as Patient;
  acknowledged.set(`${resourceType}/${id}/_history/${meta?.versionId}`, text);
}

async function writeOnce(writer: Writer, connection: FhirConnection, random: Random): Promise<void> {
  switch (random.pick(['create', 'update', 'transaction'])) {
    case 'create':
      remember(writer, await connection.request('POST', '/Patient', { resourceType: 'Patient', active: true }));
      return;
    case 'update':
      remember(writer, await connection.request('PUT', `/Patient/${writer.ward}`, wardOf(writer, 0)));
      return;
    default: {
      writer.attempted += 1;
      const transaction = writer.attempted;
      const { status, text } = await connection.request('POST', '', bundleOf(writer, transaction));
      assert.equal(status, 200, text);
      writer.transactions.add(transaction);
    }
  }
}

/** Writes until the connection breaks, which it does when the server is killed. */
async function writeUntilKilled(writer: Writer, port: number, random: Random): Promise<void> {
  const connection = await fhirConnection(port);
  for (;;)
    try {
      await writeOnce(writer, connection, random);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
}

interface History {
  readonly total: number;
  readonly versions: readonly (Patient & { meta: { versionId: string } })[];
}

/** All versions of the ward, newest first. */
async function historyOf(connection: FhirConnection, ward: string): Promise<History> {
  const versions: History['versions'][number][] = [];
  let path: string | undefined = `/Patient/${ward}/_history?_count=1000`;
  let total = 0;
  while (path !== undefined) {
    const { status, json, text } = await connection.request('GET', path);
    if (status === 404) return { total: 0, versions };
    assert.equal(status, 200, text);
    const page = json as Bundle;
    total = page.total ?? 0;
    for (const { resource } of page.entry ?? []) versions.push(resource as (typeof versions)[number]);
    const next: string | undefined = page.link?.find(({ relation }) => relation === 'next')?.url;
    path = next?.slice(next.indexOf('/fhir') + '/fhir'.length);
  }
  return { total, versions };
}

/** Every acknowledged version is served as it was acknowledged. */
async function checkAcknowledged(connection: FhirConnection, { acknowledged }: Writer): Promise<void> {
  for (const [address, text] of acknowledged) {
    const answer = await connection.request('GET', `/${address}`);
    assert.equal(answer.status, 200, `${address} was acknowledged and is lost`);
    assert.equal(answer.text, text, `${address} is not what was acknowledged`);
  }
}

/** No transaction is half there. Gives the number of those that are there though nobody was told. */
async function checkTransactions(connection: FhirConnection, writer: Writer): Promise<number> {
  const { total, versions } = await historyOf(connection, writer.ward);
  const numbers = versions.map(({ meta }) => Number(meta.versionId));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => numbers.length - index),
    `the history of ${writer.ward} has gaps`,
  );
  assert.equal(total, numbers.length, `the history of ${writer.ward} has the wrong total`);
  const named = new Set(versions.map(({ name }) => Number(name?.[0]?.text?.slice('Transaction '.length))));
  let unacknowledged = 0;
  for (let transaction = 1; transaction <= writer.attempted; transaction++) {
    const expected = named.has(transaction);
    assert.ok(
      expected || !writer.transactions.has(transaction),
      `transaction ${transaction} of ${writer.ward} was acknowledged and is lost`,
    );
    if (expected && !writer.transactions.has(transaction)) unacknowledged += 1;
    for (const part of PARTS) {
      const id = observationId(writer, transaction, part);
      const { status } = await connection.request('GET', `/Observation/${id}`);
      assert.equal(status, expected ? 200 : 404, `transaction ${transaction} of ${writer.ward} is half there: ${id}`);
    }
  }
  return unacknowledged;
}

/** Starts a server on what the killed one left. Gives the number of transactions that are there though nobody was told. */
async function check(database: string, writers: readonly Writer[]): Promise<number> {
  const server = await startServer(database);
  try {
    const connection = await fhirConnection(server.port);
    let unacknowledged = 0;
    for (const writer of writers) {
      await checkAcknowledged(connection, writer);
      unacknowledged += await checkTransactions(connection, writer);
    }
    connection.close();
    return unacknowledged;
  } finally {
    server.signal('SIGTERM');
    await server.exit;
  }
}

/** Kills a server on `database` so many times, and checks after each. @throws AssertionError when something was lost or is half there */
export async function crash(database: string, rounds: number): Promise<Tally> {
  const writers = Array.from(
    { length: WRITERS },
    (_, index): Writer => ({
      ward: `ward-${index + 1}`,
      acknowledged: new Map(),
      transactions: new Set(),
      attempted: 0,
    }),
  );
  const random = new Random(1, rounds, 'crash');
  let unacknowledged = 0;
  for (let round = 1; round <= rounds; round++) {
    const server = await startServer(database);
    const writing = Promise.all(
      writers.map((writer, index) => writeUntilKilled(writer, server.port, new Random(round, index, 'crash'))),
    );
    await Promise.race([writing, sleep(random.integer(100, 1500))]);
    server.signal('SIGKILL');
    await Promise.all([writing, server.exit]);
    unacknowledged = await check(database, writers);
  }
  const count = (of: (writer: Writer) => number): number => writers.reduce((sum, writer) => sum + of(writer), 0);
  return {
    acknowledged: count(({ acknowledged }) => acknowledged.size),
    transactions: count(({ transactions }) => transactions.size),
    unacknowledged,
  };
}
