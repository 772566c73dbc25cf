import { strict as assert } from 'node:assert';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationFindings } from '../../../server/cli/doctor/configuration.ts';
import { databaseFindings } from '../../../server/cli/doctor/database.ts';
import { type Finding, lineOf } from '../../../server/cli/doctor/finding.ts';
import { nodeFinding } from '../../../server/cli/doctor/machine.ts';
import { contentsOf, inspect, schemaState, writeMs } from '../../../server/store/inspection.ts';
import { migrations } from '../../../server/store/migrations/index.ts';
import { openStore } from '../../../server/store/open.ts';
import { withDatabase } from '../../databases.ts';
import { openServer } from '../../server-under-test.ts';
import { databasesUnderTest, inFolder, throughline } from './command.ts';

/** `fail schema`, `ok node` ... of those that are not ok. */
const troubles = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level !== 'ok').map(({ level, check }) => `${level} ${check}`);

const finding = (findings: readonly Finding[], check: string) => findings.find((each) => each.check === check);

/** A database as a server leaves it, with one Patient. */
async function serve(url: string, clock = Date.now): Promise<void> {
  const { app, close } = await openServer(await openStore({ url, clock }));
  await app.dispatch({
    interaction: 'create',
    type: 'Patient',
    body: { resourceType: 'Patient' },
    query: new URLSearchParams(),
    conditions: {},
    prefer: { handling: 'strict' },
  });
  await close();
}

for (const databases of databasesUnderTest())
  describe(`The doctor of ${databases.name}`, () => {
    const onDatabase = (use: (url: string) => Promise<void>) => () => withDatabase(databases, use);

    it(
      'finds a database that was served in order, and changes nothing',
      onDatabase(async (url) => {
        await serve(url);
        const database = await inspect(url);
        const before = await contentsOf(database);
        await database.close();
        const findings = await databaseFindings(url, Date.now());
        assert.deepEqual(troubles(findings), [], findings.map(lineOf).join('\n'));
        assert.match(finding(findings, 'resources')?.what ?? '', /^1 \(1 Patient\); last written/);
        assert.ok(findings.some(({ check, details }) => check === 'write' && Number(details?.milliseconds) > 0));
        const again = await inspect(url);
        assert.deepEqual(await contentsOf(again), before);
        await again.close();
      }),
    );

    it(
      'tells a schema that is newer, older, other, or not there',
      onDatabase(async (url) => {
        await serve(url);
        const database = await inspect(url);
        const future = { name: '9999-future', statements: () => ['SELECT 1'] };
        assert.deepEqual(await schemaState(database), { kind: 'same' });
        assert.deepEqual(await schemaState(database, []), { kind: 'newer', migration: migrations[0]?.name });
        assert.deepEqual(await schemaState(database, [...migrations, future]), {
          kind: 'older',
          missing: ['9999-future'],
        });
        assert.deepEqual(await schemaState(database, [future]), { kind: 'different', migration: migrations[0]?.name });
        await database.close();
      }),
    );

    it(
      'tells a last write that is to come',
      onDatabase(async (url) => {
        await serve(url, () => Date.now() + 3_600_000);
        const findings = await databaseFindings(url, Date.now());
        assert.deepEqual(troubles(findings), ['warn clock']);
        assert.match(finding(findings, 'clock')?.what ?? '', /which is to come/);
      }),
    );
  });

describe('The doctor', () => {
  it('tells a database that is not there, and does not make it', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'deep', 'care.sqlite');
      assert.deepEqual(troubles(await databaseFindings(`sqlite:${path}`, Date.now())), ['warn database']);
      assert.deepEqual(await readdir(folder), []);
    }));

  it('tells a path that cannot be a database', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), 'This is no database, and long enough to have a header of one.');
      await mkdir(join(folder, 'folder'));
      for (const name of ['file', 'folder', 'file/below.sqlite']) {
        const findings = await databaseFindings(`sqlite:${join(folder, name)}`, Date.now());
        assert.deepEqual(troubles(findings), ['fail database'], name);
      }
    }));

  it('tells a place where nothing can be written', async () => {
    // For root every folder of a disk is writable; /proc takes no files from anybody.
    await access('/proc').then(
      async () => {
        const findings = await databaseFindings('sqlite:/proc/care.sqlite', Date.now());
        assert.ok(troubles(findings).includes('fail write'), troubles(findings).join());
      },
      () => undefined,
    );
    await assert.rejects(writeMs({ write: () => Promise.reject(new Error('read-only')) }), /read-only/);
  });

  it('tells a server that cannot be reached, without its password', async () => {
    const findings = await databaseFindings('postgres://me:secret@127.0.0.1:1/care', Date.now());
    assert.deepEqual(troubles(findings), ['fail database']);
    const line = lineOf(findings[0] as Finding);
    assert.match(
      line,
      /^fail {2}database: postgres:\/\/me:\*\*\*@127\.0\.0\.1:1\/care cannot be reached: .*ECONNREFUSED.* — start PostgreSQL/,
    );
  });

  it('tells each variable that is not valid', () => {
    const findings = configurationFindings(
      { PORT: 'http', LOG_LEVEL: 'loud', OPEN_WITHOUT_AUTHORIZATION: 'perhaps', DATABASE_URL: 'postgres:secret' },
      undefined,
    );
    assert.deepEqual(
      findings.map(({ level, what }) => [level, what]),
      [
        ['fail', 'PORT is "http": It must be a whole number from 0 to 65535.'],
        [
          'fail',
          'DATABASE_URL is not valid: It must be sqlite:PATH, sqlite::memory: or postgres://user:password@host:port/database.',
        ],
        ['fail', 'LOG_LEVEL is "loud": It must be one of fatal, error, warn, info, debug, trace, silent.'],
        ['fail', 'OPEN_WITHOUT_AUTHORIZATION is "perhaps": It must be true or false.'],
      ],
    );
  });

  it('tells a configuration that the server would refuse as a whole', () => {
    const [finding] = configurationFindings({ HOST: '0.0.0.0' }, undefined);
    assert.equal(finding?.level, 'fail');
    assert.match(finding?.what ?? '', /no authorization is configured/);
    assert.deepEqual(troubles(configurationFindings({ HOST: '127.0.0.1' }, undefined)), []);
  });

  for (const [version, level] of [
    ['18.20.0', 'fail'],
    ['20.18.3', 'fail'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ] as const)
    it(`finds Node.js ${version} ${level}`, () => assert.equal(nodeFinding(version).level, level));
});

describe('throughline doctor', () => {
  it('prints a line for each finding and ends with 0 when nothing fails', () =>
    inFolder(async (folder) => {
      const { code, stdout } = await throughline(['doctor'], { folder });
      assert.equal(code, 0, stdout);
      assert.match(stdout, /^ok {4}node: Node\.js/);
      assert.match(stdout, /\nwarn {2}database: there is none at throughline\.sqlite — /);
    }));

  it('gives JSON, and ends with 1 when something fails', () =>
    inFolder(async (folder) => {
      const { code, stdout } = await throughline(['doctor', '--json'], { folder, environment: { PORT: 'x' } });
      assert.equal(code, 1);
      const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
      assert.equal(ok, false);
      assert.deepEqual(troubles(findings), ['fail configuration', 'warn database']);
    }));
});
