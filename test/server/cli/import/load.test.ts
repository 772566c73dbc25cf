import { strict as assert } from 'node:assert';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { unavailable } from '../../../../resources/outcome.ts';
import type { AnyResource, Reference, ResourceType } from '../../../../resources/types.ts';
import { openFailureFile } from '../../../../server/cli/import/failure-file.ts';
import { openJournal } from '../../../../server/cli/import/journal.ts';
import { type LoadOptions, load } from '../../../../server/cli/import/load.ts';
import { sourcesOf } from '../../../../server/cli/import/sources.ts';
import { patient, TargetError } from '../../../../server/cli/insist.ts';
import { type Target, targetOf } from '../../../../server/cli/target.ts';
import { openStore } from '../../../../server/store/open.ts';
import { countsByType, resourcesAt } from '../../../../server/store/snapshot.ts';
import { withDatabase } from '../../../databases.ts';
import { databasesUnderTest, inFolder } from '../command.ts';

const client = (id: string, family = id) => ({ resourceType: 'Patient', id, name: [{ family }] });
const ndjson = (...resources: unknown[]) => resources.map((resource) => `${JSON.stringify(resource)}\n`).join('');
const maria = client('maria', 'Keller');
const anton = client('anton', 'Orlov');
/** A gender that R4 does not have. */
const refused = { ...client('refused', 'Secret'), gender: 'unheard-of' };

/** A folder to import from, and the database to import into. */
interface Bench {
  readonly folder: string;
  readonly url: string;
  file(name: string, content: string | Buffer): Promise<string>;
  load(paths: readonly string[], options?: Partial<LoadOptions> & { readonly resume?: boolean }): Promise<Loaded>;
  stored(type: ResourceType): Promise<readonly AnyResource[]>;
  count(): Promise<number>;
}

interface Loaded {
  readonly written: number;
  readonly failed: number;
  readonly failures: readonly Record<string, unknown>[];
}

function benchAt(folder: string, url: string): Bench {
  const state = join(folder, 'import-state.ndjson');
  const failuresPath = join(folder, 'import-failures.ndjson');
  return {
    folder,
    url,
    async file(name, content) {
      const path = join(folder, name);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    async load(paths, { resume = false, ...options } = {}) {
      const { sources } = await sourcesOf(paths);
      const target = options.target ?? (await targetOf({ database: url, validation: 'reject' }));
      const failureFile = openFailureFile(failuresPath, resume);
      const signal = options.signal ?? new AbortController().signal;
      const defaults = { batch: 10, concurrency: 4, storeBundles: false, input: Readable.from([]) };
      try {
        const journal = openJournal(state, target.name, resume);
        const { written, failed } = await load(sources, {
          ...defaults,
          report: () => undefined,
          ...options,
          target,
          journal,
          failureFile,
          signal,
        });
        if (!signal.aborted) journal.finish();
        const text = await readFile(failuresPath, 'utf8');
        const failures = text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Record<string, unknown>);
        return { written, failed, failures };
      } finally {
        failureFile.close();
        await target.close();
      }
    },
    async stored(type) {
      const store = await openStore({ url, readOnly: true });
      const found: AnyResource[] = [];
      for await (const page of resourcesAt(store, type, { tx: await store.settled() }))
        found.push(...page.map(({ content }) => JSON.parse(content ?? 'null') as AnyResource));
      await store.close();
      return found;
    },
    async count() {
      const store = await openStore({ url, readOnly: true });
      const counts = await countsByType(store);
      await store.close();
      return [...counts.values()].reduce((sum, count) => sum + count, 0);
    },
  };
}

const subjectOf = (resource: AnyResource | undefined): string =>
  (resource?.subject as Reference | undefined)?.reference ?? '';

const ids = (resources: readonly AnyResource[]) => resources.map(({ id }) => id).sort();

for (const databases of databasesUnderTest())
  describe(`An import into ${databases.name}`, () => {
    const onBench = (use: (bench: Bench) => Promise<void>) => () =>
      withDatabase(databases, (url) => inFolder((folder) => use(benchAt(folder, url))));

    it(
      'puts what has an id and posts what has none',
      onBench(async (bench) => {
        const path = await bench.file('people.ndjson', ndjson(maria, { resourceType: 'Patient' }, anton));
        assert.equal((await bench.load([path])).written, 3);
        assert.equal((await bench.load([path])).written, 3);
        const stored = await bench.stored('Patient');
        assert.equal(stored.length, 4, 'those with an id are there once, the other twice');
        assert.equal(stored.filter(({ id }) => id === 'maria').length, 1);
      }),
    );

    it(
      'lists what fails, with its place and without its content, and writes the rest',
      onBench(async (bench) => {
        const text = `${ndjson(maria)}\n{"resourceType":"Patient",\n${ndjson(refused, anton)}${ndjson({ resourceType: 'Patent' })}`;
        const path = await bench.file('people.ndjson', text);
        const { written, failed, failures } = await bench.load([path]);
        assert.deepEqual({ written, failed }, { written: 2, failed: 3 });
        assert.deepEqual(ids(await bench.stored('Patient')), ['anton', 'maria']);
        assert.deepEqual(
          failures.map(({ source, line, type, id, status }) => ({ source, line, type, id, status })),
          [
            { source: path, line: 3, type: undefined, id: undefined, status: 400 },
            { source: path, line: 6, type: undefined, id: undefined, status: 400 },
            { source: path, line: 4, type: 'Patient', id: 'refused', status: 422 },
          ],
        );
        assert.ok(!JSON.stringify(failures).includes('Secret'));
      }),
    );

    it(
      'reads folders with all that is below them, compressed or not, JSON and XML',
      onBench(async (bench) => {
        await bench.file('in/a.ndjson.gz', gzipSync(ndjson(maria)));
        await bench.file('in/deep/b.json', JSON.stringify(anton, null, 2));
        await bench.file('in/deep/c.json.gz', gzipSync(ndjson(client('c1'), client('c2'))));
        await bench.file('in/d.xml', '<Patient xmlns="http://hl7.org/fhir"><id value="xavier"/></Patient>');
        await bench.file('in/e.json', `\ufeff${JSON.stringify(client('eva'))}`);
        await bench.file('in/notes.txt', 'no resource');
        await bench.file('in/manifest.json', '{}');
        await bench.file('in/.hidden.json', '{}');
        const { passedOver } = await sourcesOf([join(bench.folder, 'in')]);
        assert.deepEqual(
          passedOver.map((path) => path.split('/').at(-1)),
          ['manifest.json', 'notes.txt'],
        );
        const { written, failed } = await bench.load([join(bench.folder, 'in')]);
        assert.deepEqual({ written, failed }, { written: 6, failed: 0 });
        assert.deepEqual(ids(await bench.stored('Patient')), ['anton', 'c1', 'c2', 'eva', 'maria', 'xavier']);
      }),
    );

    for (const [name, text] of [
      ['NDJSON', ndjson(maria, anton)],
      ['compressed NDJSON', gzipSync(ndjson(maria, anton))],
      [
        'a Bundle',
        JSON.stringify({
          resourceType: 'Bundle',
          type: 'collection',
          entry: [{ resource: maria }, { resource: anton }],
        }),
      ],
      ['resources one after another', JSON.stringify(maria, null, 2) + JSON.stringify(anton, null, 2)],
    ] as const)
      it(
        `reads ${name} from standard input`,
        onBench(async (bench) => {
          const { written } = await bench.load(['-'], { input: Readable.from([Buffer.from(text)]) });
          assert.equal(written, 2);
          assert.deepEqual(ids(await bench.stored('Patient')), ['anton', 'maria']);
        }),
      );

    it(
      'carries out a transaction as it is, and of a batch what can be',
      onBench(async (bench) => {
        const urn = 'urn:uuid:0d0d5a1e-5d0c-4b43-a8f5-0a3a6f5e1c11';
        const flag = { resourceType: 'Flag', status: 'active', code: { text: 'risk' }, subject: { reference: urn } };
        const transaction = {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [
            { resource: flag, request: { method: 'POST', url: 'Flag' } },
            { fullUrl: urn, resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
          ],
        };
        const batch = {
          resourceType: 'Bundle',
          type: 'batch',
          entry: [
            { resource: maria, request: { method: 'PUT', url: 'Patient/maria' } },
            { resource: refused, request: { method: 'PUT', url: 'Patient/refused' } },
          ],
        };
        const path = await bench.file('bundles.ndjson', ndjson(transaction, batch));
        const { written, failures } = await bench.load([path]);
        assert.equal(written, 3);
        assert.deepEqual(
          failures.map(({ line, entry, id, status }) => ({ line, entry, id, status })),
          [{ line: 2, entry: 2, id: 'refused', status: 422 }],
        );
        const [flagged] = await bench.stored('Flag');
        const people = await bench.stored('Patient');
        const known = people.map(({ id }) => `Patient/${id}`);
        assert.ok(known.includes(subjectOf(flagged)));
      }),
    );

    it(
      'resolves references by urn: between the entries of a collection, more than a batch of them',
      onBench(async (bench) => {
        const urn = (index: number) => `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
        const flags = Array.from({ length: 25 }, (_, index) => ({
          fullUrl: urn(index + 1),
          resource: { resourceType: 'Flag', status: 'active', code: { text: 'x' }, subject: { reference: urn(0) } },
        }));
        const entry = [...flags, { fullUrl: urn(0), resource: maria }];
        const path = await bench.file('c.json', JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
        assert.equal((await bench.load([path])).written, 26);
        const subjects = (await bench.stored('Flag')).map(
          ({ subject }) => (subject as { reference: string }).reference,
        );
        assert.deepEqual([...new Set(subjects)], ['Patient/maria']);
      }),
    );

    it(
      'stores the Bundles of a file Bundle.ndjson',
      onBench(async (bench) => {
        const entry = [{ fullUrl: 'http://care.example/fhir/Patient/maria', resource: maria }];
        const bundle = { resourceType: 'Bundle', id: 'kept', type: 'collection', entry };
        const path = await bench.file('Bundle.ndjson', ndjson(bundle));
        await bench.load([path]);
        assert.deepEqual(ids(await bench.stored('Bundle')), ['kept']);
        assert.deepEqual(ids(await bench.stored('Patient')), []);
      }),
    );

    it(
      'keeps the order of versions of one resource',
      onBench(async (bench) => {
        const versions = Array.from({ length: 40 }, (_, index) => [
          client('maria', `name ${index}`),
          client(`other-${index}`),
        ]);
        const path = await bench.file('versions.ndjson', ndjson(...versions.flat()));
        await bench.load([path], { batch: 3 });
        const stored = (await bench.stored('Patient')).find(({ id }) => id === 'maria');
        assert.deepEqual(stored?.name, [{ family: 'name 39' }]);
        assert.equal(stored?.meta?.versionId, '40');
      }),
    );

    it(
      'goes on where it was stopped, without writing anything twice',
      onBench(async (bench) => {
        const nameless = Array.from({ length: 200 }, (_, index) => ({
          resourceType: 'Patient',
          name: [{ family: `n${index}` }],
        }));
        const path = await bench.file('nameless.ndjson', ndjson(...nameless));
        const controller = new AbortController();
        const stopped = await bench.load([path], {
          signal: controller.signal,
          report: ({ written }) => written >= 30 && controller.abort(),
        });
        assert.ok(stopped.written >= 30 && stopped.written < 200, `${stopped.written} were written before the stop`);
        const resumed = await bench.load([path], { resume: true });
        assert.equal(stopped.written + resumed.written, 200);
        assert.equal(await bench.count(), 200);
        assert.ok(!(await readdir(bench.folder)).includes('import-state.ndjson'));
      }),
    );
  });

const onSqlite = (use: (bench: Bench) => Promise<void>) => () =>
  inFolder((folder) => use(benchAt(folder, `sqlite:${join(folder, 'care.sqlite')}`)));

/** A target that counts what it is asked. */
function fake(write: (resource: AnyResource) => Promise<void>): Target & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: 'fake',
    asked,
    async write(resource) {
      asked.push(resource.id ?? '');
      await write(resource);
    },
    execute: () => Promise.reject(new Error('out of order')),
    close: () => Promise.resolve(),
  };
}

describe('An import', () => {
  it(
    'that is resumed refuses a file that has changed, and a state of another target',
    onSqlite(async (bench) => {
      const path = await bench.file(
        'people.ndjson',
        ndjson(...Array.from({ length: 60 }, (_, index) => client(`p${index}`))),
      );
      const controller = new AbortController();
      await bench.load([path], { signal: controller.signal, report: () => controller.abort() });
      await assert.rejects(bench.load([path], { resume: true, target: fake(async () => undefined) }), /not into fake/);
      await utimes(path, new Date(0), new Date(0));
      await assert.rejects(bench.load([path], { resume: true }), /people\.ndjson has changed since the import began/);
    }),
  );

  it(
    'tells of a file that is cut off, and goes on with the next',
    onSqlite(async (bench) => {
      const text = gzipSync(ndjson(...Array.from({ length: 100 }, (_, index) => client(`p${index}`))));
      const cut = await bench.file('a.ndjson.gz', text.subarray(0, text.length / 2));
      const next = await bench.file('b.ndjson', ndjson(maria));
      const { failures } = await bench.load([cut, next]);
      assert.ok(
        failures.some(
          ({ source, issues }) => source === cut && JSON.stringify(issues).includes('unexpected end of file'),
        ),
      );
      assert.ok((await bench.stored('Patient')).some(({ id }) => id === 'maria'));
    }),
  );

  it(
    'stops when one resource after another fails through the fault of the target',
    onSqlite(async (bench) => {
      const path = await bench.file(
        'people.ndjson',
        ndjson(...Array.from({ length: 60 }, (_, index) => client(`p${index}`))),
      );
      const broken = fake(() => Promise.reject(new Error('disk full')));
      await assert.rejects(bench.load([path], { target: broken, concurrency: 1 }), (error) => {
        assert.ok(error instanceof TargetError);
        assert.match(error.message, /20 resources in a row failed with 500: disk full/);
        return true;
      });
    }),
  );

  it('does not empty a file that is no list of failures, nor take another file for its state', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'precious.txt');
      await writeFile(path, 'precious\n');
      assert.throws(() => openFailureFile(path, false), /is not a list of failures/);
      assert.throws(() => openJournal(path, 'x', false), /is not the state of an import/);
      assert.equal(await readFile(path, 'utf8'), 'precious\n');
    }));
});

describe('Patience with a target', () => {
  it('asks again when it is not available', async () => {
    let turns = 0;
    const said: string[] = [];
    const target = fake(async () => {
      turns += 1;
      if (turns === 1) throw unavailable('starting');
    });
    await patient(target, new AbortController().signal, (line) => said.push(line)).write(
      maria as unknown as AnyResource,
    );
    assert.equal(turns, 2);
    assert.deepEqual(said, ['Waiting: starting']);
  });

  it('ends when the command is stopped', async () => {
    const target = patient(
      fake(() => Promise.reject(unavailable('away'))),
      AbortSignal.abort(),
      () => undefined,
    );
    await assert.rejects(target.write(maria as unknown as AnyResource), TargetError);
  });
});
