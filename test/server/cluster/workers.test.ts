/** `--workers N` on SQLite: several processes answer reads, one writes, and a client cannot tell. */
import { strict as assert } from 'node:assert';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

const main = new URL('../../../server/main.ts', import.meta.url).pathname;

/** The address in the line that the server says when it is ready. */
async function addressOf(server: ChildProcess): Promise<string> {
  if (!server.stderr) throw new Error('the child has a stderr');
  for await (const line of createInterface({ input: server.stderr })) {
    const address = /serves FHIR R4 at (\S+)/.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('the server ended before it served');
}

describe('workers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-workers-'));
  let server: ChildProcess;
  let base = '';
  before(async () => {
    const options = [
      'serve',
      '--workers',
      '2',
      '--port',
      '0',
      '--database',
      `sqlite:${folder}/care.sqlite`,
      '--log-level',
      'silent',
    ];
    server = spawn(process.execPath, ['--import', 'tsx', main, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    base = await addressOf(server);
  });
  after(async () => {
    if (server.exitCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (id: string, active: boolean, headers: Record<string, string> = {}) =>
    fetch(`${base}/Patient/${id}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/fhir+json', Connection: 'close', ...headers },
      body: JSON.stringify({ resourceType: 'Patient', id, active }),
    });
  const get = (path: string, signal: AbortSignal | null = null) =>
    fetch(`${base}/${path}`, { headers: { Connection: 'close' }, signal });

  it('read what was written, whichever process answers', async () => {
    for (let round = 0; round < 10; round += 1) {
      assert.ok((await put('maria', round % 2 === 0)).ok);
      const { active, meta } = (await (await get('Patient/maria')).json()) as {
        active: boolean;
        meta: { versionId: string };
      };
      assert.deepEqual([active, meta.versionId], [round % 2 === 0, String(round + 1)]);
    }
  });

  it('pass failures and conditions on unchanged', async () => {
    const stale = await put('maria', true, { 'If-Match': 'W/"1"' });
    assert.equal(stale.status, 412);
    assert.match(await stale.text(), /version 1 of Patient\/maria, but its version is 10/);
  });

  it('let one of 50 parallel updates with the same If-Match through', async () => {
    await put('jonas', true);
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await put('jonas', false, { 'If-Match': 'W/"1"' })).status),
    );
    assert.equal(statuses.filter((status) => status === 200).length, 1);
    assert.equal(statuses.filter((status) => status === 412).length, 49);
  });

  it('are replaced when they die', async () => {
    const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(server.pid)], { encoding: 'utf8' }).split(
      '\n',
    );
    const workers = children.filter((line) => line.includes('main.ts')).map((line) => Number.parseInt(line, 10));
    assert.equal(workers.length, 2);
    for (const worker of workers) process.kill(worker, 'SIGKILL');
    // A connection that a dying process had accepted is lost; the client asks again.
    const answers = () =>
      get('Patient/maria', AbortSignal.timeout(1000)).then(
        ({ status }) => status === 200,
        () => false,
      );
    let attempts = 0;
    while (!(await answers()) && attempts < 300) {
      attempts += 1;
      await setTimeout(100);
    }
    assert.ok(attempts < 300, 'no worker took the place of those that died');
  });

  it('end in good order on SIGTERM, those too that are only starting', async () => {
    const exit = once(server, 'exit');
    server.kill('SIGTERM');
    const [code] = await exit;
    assert.equal(code, 0);
  });
});
