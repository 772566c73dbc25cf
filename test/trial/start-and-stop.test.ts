/** What an operator meets: starts that are refused in words, and a stop that drops nothing. */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { withDatabase } from '../databases.ts';
import { databasesUnderTrial } from './databases-under-trial.ts';
import { type FhirConnection, fhirConnection } from './fhir-connection.ts';
import { refusedStart, startServer } from './server-process.ts';

const refusals: readonly {
  readonly name: string;
  readonly options?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly says: RegExp;
}[] = [
  { name: 'a port that is no number', options: ['--port', 'http'], says: /http.*whole number from 0 to 65535/ },
  { name: 'a port above 65535', environment: { PORT: '65536' }, says: /65536.*PORT.*whole number from 0 to 65535/ },
  { name: 'a database of an unknown kind', options: ['-d', 'mysql://db'], says: /mysql:\/\/db.*sqlite:PATH/ },
  { name: 'an address that is none', environment: { BASE_URL: 'care.example' }, says: /BASE_URL.*https:\/\// },
  { name: 'a log level that is none', environment: { LOG_LEVEL: 'loud' }, says: /loud.*LOG_LEVEL.*info/ },
  { name: 'a body limit that is too small', options: ['--max-body-bytes', '1'], says: /1.*whole number from 1024/ },
  { name: 'an origin that is none', options: ['--cors-origins', 'care.example'], says: /care\.example.*origin/ },
  { name: 'an option that is none', options: ['--prot', '1'], says: /--prot.*--port/s },
  {
    name: 'an address that other machines can reach, without authorization',
    options: ['--host', '0.0.0.0'],
    says: /0\.0\.0\.0.*no authorization.*--open-without-authorization/,
  },
  {
    name: 'every address of the machine, by name',
    environment: { HOST: '::' },
    says: /HOST is ::.*--open-without-authorization/,
  },
  {
    name: 'a database whose folder is a file',
    options: ['-d', 'sqlite:package.json/data.sqlite'],
    says: /package\.json/,
  },
  {
    name: 'a PostgreSQL that nobody serves',
    options: ['-d', 'postgres://postgres@127.0.0.1:1/care'],
    says: /127\.0\.0\.1/,
  },
];

describe('a start is refused in a sentence', () => {
  for (const { name, options = [], environment = {}, says } of refusals)
    it(`for ${name}`, async () => {
      const { code, said } = await refusedStart(options, environment);
      assert.equal(code, 1, `it said: ${said}`);
      assert.match(said, says);
      assert.doesNotMatch(said, /\n\s+at /, 'a stack trace is no sentence');
    });
});

/** Resolves when `socket` has received `text`. */
async function received(socket: Socket, text: string): Promise<void> {
  let seen = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    seen += String(chunk);
    if (seen.includes(text)) return;
  }
  throw new Error(`the connection ended before "${text}"; it said: ${seen}`);
}

/** The status of a request, or `refused` when there is nobody to answer. */
async function statusOf(connect: () => Promise<FhirConnection>): Promise<number | 'refused'> {
  try {
    const connection = await connect();
    const { status } = await connection.request('GET', '/metadata');
    connection.close();
    return status;
  } catch {
    return 'refused';
  }
}

describe('a server that is told to stop', () => {
  for (const databases of databasesUnderTrial)
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      it(`answers what is under way, takes nothing new and exits with 0 (${signal}, ${databases.name})`, () =>
        withDatabase(databases, async (url) => {
          const body = JSON.stringify({ resourceType: 'Patient', id: 'maria' });
          const server = await startServer(url);
          const idle = await fhirConnection(server.port);
          await idle.request('GET', '/metadata');

          const underWay = connect(server.port, '127.0.0.1');
          await once(underWay, 'connect');
          underWay.write(
            'PUT /fhir/Patient/maria HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\n' +
              `Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
          );
          // It has begun: the server asks for the body.
          await received(underWay, '100 Continue');
          server.signal(signal);
          let status: number | 'refused' = 200;
          while (status === 200) status = await statusOf(() => fhirConnection(server.port));
          assert.ok(status === 503 || status === 'refused', `a new request is answered with ${status}`);
          const kept = await statusOf(async () => idle);
          assert.ok(kept === 503 || kept === 'refused', `a request on a kept connection is answered with ${kept}`);

          underWay.write(body);
          await received(underWay, 'HTTP/1.1 201 Created');
          const { code, said } = await server.exit;
          underWay.destroy();
          assert.equal(code, 0, said);

          const again = await startServer(url);
          const connection = await fhirConnection(again.port);
          assert.equal((await connection.request('GET', '/Patient/maria')).status, 200);
          again.signal(signal);
          assert.equal((await again.exit).code, 0);
          connection.close();
        }));
});
