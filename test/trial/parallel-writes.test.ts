/** One of many writes at once wins: on one server, and on two that share a PostgreSQL. https://hl7.org/fhir/R4/http.html#concurrency */
import { strict as assert } from 'node:assert';
import { type Databases, withDatabase } from '../databases.ts';
import { databasesUnderTrial, onPostgres } from './databases-under-trial.ts';
import { fhirConnection } from './fhir-connection.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const WRITES = 50;

const maria = (version: number) => ({ resourceType: 'Patient', id: 'maria', multipleBirthInteger: version });

/** How often each status was answered. */
function counted(statuses: readonly number[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Puts Patient/maria so many times at once, each on a connection of its own, to the servers in turn. */
async function putAtOnce(ports: readonly number[], headers: Readonly<Record<string, string>>) {
  const connections = await Promise.all(
    Array.from({ length: WRITES }, (_, index) => fhirConnection(ports[index % ports.length] ?? 0)),
  );
  const answers = await Promise.all(
    connections.map((connection, index) => connection.request('PUT', '/Patient/maria', maria(index), headers)),
  );
  for (const connection of connections) connection.close();
  return counted(answers.map(({ status }) => status));
}

const setups: readonly { readonly databases: Databases; readonly processes: number }[] = [
  ...databasesUnderTrial.map((databases) => ({ databases, processes: 1 })),
  ...(onPostgres ? [{ databases: onPostgres, processes: 2 }] : []),
];

for (const { databases, processes } of setups)
  describe(`${WRITES} writes of one resource at once (${databases.name}, ${processes} server${processes > 1 ? 's' : ''})`, () => {
    it('create it once, then change it once for one If-Match, and lose nothing without', () =>
      withDatabase(databases, async (url) => {
        const servers: ServerProcess[] = [];
        for (let started = 0; started < processes; started++) servers.push(await startServer(url));
        const ports = servers.map(({ port }) => port);
        try {
          assert.deepEqual(await putAtOnce(ports, {}), { 200: WRITES - 1, 201: 1 });
          const [port = 0] = ports;
          const connection = await fhirConnection(port);
          assert.equal((await connection.request('GET', '/Patient/maria')).etag, `W/"${WRITES}"`);
          assert.deepEqual(await putAtOnce(ports, { 'If-Match': `W/"${WRITES}"` }), { 200: 1, 412: WRITES - 1 });
          const { json } = await connection.request('GET', '/Patient/maria/_history?_count=100');
          assert.equal((json as { total: number }).total, WRITES + 1);
          connection.close();
        } finally {
          for (const server of servers) {
            server.signal('SIGTERM');
            assert.equal((await server.exit).code, 0);
          }
        }
      }));
  });
