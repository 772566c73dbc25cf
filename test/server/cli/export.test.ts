import { strict as assert } from 'node:assert';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openStore } from '../../../server/store/open.ts';
import { withDatabase } from '../../databases.ts';
import { openServer } from '../../server-under-test.ts';
import { databasesUnderTest, inFolder, throughline } from './command.ts';

const until = '2026-11-01';

/** The resources in an export by type and id, without what a server stamps. */
async function contentsOf(folder: string): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const name of (await readdir(folder)).filter((each) => each.includes('.ndjson'))) {
    const bytes = await readFile(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    for (const line of text.split('\n').filter(Boolean)) {
      const resource = JSON.parse(line);
      const { versionId: _version, lastUpdated: _instant, ...meta } = resource.meta;
      found.set(`${resource.resourceType}/${resource.id}`, { ...resource, meta });
    }
  }
  return found;
}

/** Without the times at which rules changed Tasks. */
const withoutTimes = (contents: ReadonlyMap<string, unknown>) =>
  new Map([...contents].map(([key, resource]) => [key, { ...(resource as object), lastModified: undefined }]));

interface Manifest {
  readonly transactionTime: string;
  readonly output: readonly { readonly type: string; readonly url: string; readonly count: number }[];
}

const manifestIn = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;

for (const databases of databasesUnderTest())
  describe(`throughline demo, export, import on ${databases.name}`, () => {
    it('brings back what was taken out, in another database', () =>
      withDatabase(databases, (first) =>
        withDatabase(databases, (second) =>
          inFolder(async (folder) => {
            const run = (...args: string[]) => throughline(args, { folder });
            const demo = await run('demo', '--clients', '3', '--until', until, '-d', first);
            assert.equal(demo.code, 0, demo.stderr);
            // Stored Bundles, decimals and text beyond ASCII come back as they were.
            const odd = [
              '{"resourceType":"Bundle","id":"kept","type":"collection"}',
              '{"resourceType":"Observation","id":"odd","status":"final","code":{"text":"\u2028Größe"},"valueQuantity":{"value":1.00}}',
            ];
            const loaded = await throughline(
              ['import', '-', '--store-bundles', '-d', first],
              { folder },
              odd.join('\n'),
            );
            assert.equal(loaded.code, 0, loaded.stderr);
            assert.equal((await run('export', '--out', 'one', '-d', first)).code, 0);
            // What rules made of the resources is among them.
            const imported = await run('import', 'one', '-d', second, '--rules', 'off');
            assert.equal(imported.code, 0, imported.stderr);
            assert.equal((await run('export', '--out', 'two', '--gzip', '-d', second)).code, 0);
            const one = await contentsOf(join(folder, 'one'));
            assert.deepEqual(await contentsOf(join(folder, 'two')), one);
            assert.match(await readFile(join(folder, 'one', 'Observation.ndjson'), 'utf8'), /"value":1\.00/);
            const { output } = await manifestIn(join(folder, 'one'));
            assert.equal(
              output.reduce((sum, { count }) => sum + count, 0),
              one.size,
            );
          }),
        ),
      ));

    it('loads the same people twice without duplicating anybody', () =>
      withDatabase(databases, (url) =>
        inFolder(async (folder) => {
          const demo = ['demo', '--clients', '2', '--until', until, '-d', url];
          const { code, stderr } = await throughline(demo, { folder });
          assert.equal(code, 0);
          assert.match(stderr, /2 Patient/);
          const addresses = [...stderr.matchAll(/http:\/\/127\.0\.0\.1:8080(\/fhir\/\S+)/g)].map(
            ([, path]) => path ?? '',
          );
          assert.equal(addresses.length, 3);
          const server = await openServer(await openStore({ url }));
          for (const address of addresses) {
            const { status, body } = await server.http.get(address);
            assert.equal(status, 200, address);
            assert.ok(body.resourceType === 'Patient' || body.entry.length > 0, `${address} shows nothing`);
          }
          await server.close();
          await throughline(['export', '--out', 'once', '-d', url], { folder });
          assert.equal((await throughline(demo, { folder })).code, 0);
          await throughline(['export', '--out', 'twice', '-d', url], { folder });
          assert.deepEqual(
            withoutTimes(await contentsOf(join(folder, 'twice'))),
            withoutTimes(await contentsOf(join(folder, 'once'))),
          );
        }),
      ));
  });

describe('throughline export', () => {
  it('gives the types asked for, and what was written since an instant', () =>
    inFolder(async (folder) => {
      const url = `sqlite:${join(folder, 'care.sqlite')}`;
      const { app, close } = await openServer(
        await openStore({ url, clock: () => Date.parse('2026-05-01T12:00:00Z') }),
      );
      const put = (id: string) =>
        app.dispatch({
          interaction: 'update',
          type: 'Patient',
          id,
          body: { resourceType: 'Patient', id },
          query: new URLSearchParams(),
          conditions: {},
          prefer: { handling: 'strict' },
        });
      await put('maria');
      await close();
      const imported = await throughline(
        ['import', '-', '-d', url],
        { folder },
        '{"resourceType":"Patient","id":"anton"}\n{"resourceType":"Group","id":"g","type":"person","actual":true}',
      );
      assert.equal(imported.code, 0, imported.stderr);
      await throughline(['export', '--out', 'new', '--since', '2026-06-01', '-d', url], { folder });
      assert.deepEqual([...(await contentsOf(join(folder, 'new'))).keys()].sort(), ['Group/g', 'Patient/anton']);
      await throughline(['export', '--out', 'people', '--type', 'Patient', '-d', url], { folder });
      assert.deepEqual([...(await contentsOf(join(folder, 'people'))).keys()].sort(), [
        'Patient/anton',
        'Patient/maria',
      ]);
    }));

  const refused: readonly (readonly [what: string, args: readonly string[], sentence: RegExp])[] = [
    ['a folder with something in it', ['--out', 'full'], /full is not empty/],
    [
      'a database that is not there',
      ['--out', 'out', '-d', 'sqlite:nowhere.sqlite'],
      /There is no database at nowhere\.sqlite/,
    ],
    ['a type that R4 does not have', ['--out', 'out', '--type', 'Patent'], /"Patent" is no resource type/],
    ['an instant that is none', ['--out', 'out', '--since', 'yesterday'], /It must be a date or instant/],
  ];
  for (const [what, args, sentence] of refused)
    it(`refuses ${what} in a sentence`, () =>
      inFolder(async (folder) => {
        await mkdir(join(folder, 'full'));
        await writeFile(join(folder, 'full', 'something'), '');
        await writeFile(join(folder, 'throughline.sqlite'), '');
        const { code, stderr } = await throughline(['export', ...args], { folder });
        assert.match(stderr, sentence);
        assert.equal(code, 1);
        assert.ok(!(await readdir(folder)).includes('nowhere.sqlite'), 'no database is made');
      }));
});
