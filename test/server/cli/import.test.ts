import { strict as assert } from 'node:assert';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openStore } from '../../../server/store/open.ts';
import { countsByType } from '../../../server/store/snapshot.ts';
import { openServer } from '../../server-under-test.ts';
import { inFolder, start, throughline } from './command.ts';

const client = (id: string) => `${JSON.stringify({ resourceType: 'Patient', id, name: [{ family: id }] })}\n`;
const clients = (count: number) => Array.from({ length: count }, (_, index) => client(`client-${index}`)).join('');

async function patients(folder: string): Promise<number | undefined> {
  const store = await openStore({ url: `sqlite:${join(folder, 'throughline.sqlite')}`, readOnly: true });
  const counts = await countsByType(store);
  await store.close();
  return counts.get('Patient');
}

describe('throughline import', () => {
  it('reads standard input, says what it did, and ends with 0', () =>
    inFolder(async (folder) => {
      const { code, stderr } = await throughline(['import', '-'], { folder }, clients(3));
      assert.match(stderr, /^3 resources written in \d+ s/);
      assert.equal(code, 0);
      assert.equal(await patients(folder), 3);
      const left = (await readdir(folder)).filter((name) => name.startsWith('import-'));
      assert.deepEqual(left, [], 'neither failures nor state remain');
    }));

  it('ends with 1 and a list when something failed', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'people.ndjson'), `${client('maria')}{}\n`);
      const { code, stderr } = await throughline(['import', 'people.ndjson'], { folder });
      assert.match(stderr, /1 resources written in .*; 1 failed, listed in import-failures\.ndjson/);
      assert.equal(code, 1);
      const failure = JSON.parse(await readFile(join(folder, 'import-failures.ndjson'), 'utf8'));
      assert.equal(failure.source, 'people.ndjson');
      assert.equal(failure.line, 2);
    }));

  it('stops at Ctrl-C after what is under way, says how to go on, and ends with 130', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'first.ndjson'), clients(5));
      const importing = start(['import', 'first.ndjson', '-', '--batch', '1'], { folder });
      // Standard input stays open: the import waits for more.
      importing.write(`${clients(3)}{}\n`);
      for (;;) {
        const state = await readFile(join(folder, 'import-state.ndjson'), 'utf8').catch(() => '');
        if (state.includes('"last":true')) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      importing.interrupt();
      const { code, stderr } = await importing.ended;
      assert.match(stderr, /Stopping after the transactions under way/);
      assert.match(stderr, /import-state\.ndjson; the same command with --resume goes on from there/);
      assert.equal(code, 130);
      const resumed = await throughline(['import', 'first.ndjson', '-', '--resume'], { folder }, clients(6));
      assert.match(resumed.stderr, /^6 resources written/, 'the file is not read again');
      assert.equal(await patients(folder), 6);
    }));

  it('writes to a running server over HTTP', () =>
    inFolder(async (folder) => {
      const { app, store, close } = await openServer(await openStore({ url: 'sqlite::memory:' }));
      const server = createServer(app.express);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      try {
        const to = `http://127.0.0.1:${port}/fhir`;
        const input = `${clients(2)}{"resourceType":"Patient"}\n{"resourceType":"Patient","id":"odd","gender":"odd"}\n`;
        const { code, stderr } = await throughline(['import', '-', '--to', to], { folder }, input);
        assert.match(stderr, /3 resources written in .*; 1 failed/);
        assert.equal(code, 1);
        assert.equal((await countsByType(store)).get('Patient'), 3);
        const failure = JSON.parse(await readFile(join(folder, 'import-failures.ndjson'), 'utf8'));
        assert.equal(failure.status, 422);
        assert.match(JSON.stringify(failure.issues), /gender/);
      } finally {
        server.closeAllConnections();
        server.close();
        await close();
      }
    }));

  const refused: readonly (readonly [what: string, args: readonly string[], sentence: RegExp])[] = [
    ['a path that is not there', ['nowhere.ndjson'], /^throughline: nowhere\.ndjson is not there\n$/],
    ['a server that does not answer', ['-', '--to', 'http://127.0.0.1:1/fhir'], /metadata does not answer: .*\n$/],
    [
      'a database that cannot be opened',
      ['-', '-d', 'postgres://me:secret@127.0.0.1:1/x'],
      /postgres:\/\/me:\*\*\*@127\.0\.0\.1:1\/x cannot be opened: .*ECONNREFUSED/,
    ],
    ['a batch that is no number', ['-', '--batch', 'many'], /It must be a whole number from 1 to 5000/],
  ];
  for (const [what, args, sentence] of refused)
    it(`refuses ${what} in a sentence`, () =>
      inFolder(async (folder) => {
        const { code, stderr } = await throughline(['import', ...args], { folder });
        assert.match(stderr, sentence);
        assert.ok(!stderr.includes('    at '), 'no stack');
        assert.ok(!stderr.includes('secret'), 'no password');
        assert.equal(code, 1);
      }));
});
