import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../../resources/types.ts';
import { sweepCommand } from '../../../server/cli/sweep.ts';
import { ruleSettings } from '../../../server/config.ts';
import { claimLease, releaseLease } from '../../../server/store/lease.ts';
import { openStore } from '../../../server/store/open.ts';
import { openServer, type ServerUnderTest } from '../../server-under-test.ts';

describe('throughline sweep', () => {
  let folder: string;
  let url: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
    url = `sqlite:${join(folder, 'care.sqlite')}`;
    await on(async ({ http }) => {
      const goal = {
        resourceType: 'Goal',
        id: 'walk',
        lifecycleStatus: 'active',
        description: { text: 'Walk' },
        subject: { reference: 'Patient/maria' },
        target: [{ dueDate: '2026-01-01' }],
      };
      assert.equal((await http.put('/fhir/Goal/walk').send(goal)).status, 201);
    });
  });
  after(() => rm(folder, { recursive: true }));

  /** A server on the database, on which no rule is on, as long as `work` takes. */
  async function on<T>(work: (server: ServerUnderTest) => Promise<T>): Promise<T> {
    const server = await openServer(await openStore({ url }), { rules: ruleSettings('off') });
    try {
      return await work(server);
    } finally {
      await server.close();
    }
  }
  const tasks = () =>
    on(async ({ http }) => ((await http.get('/fhir/Task?code=review-plan&_summary=count')).body as Bundle).total);

  async function run(...options: readonly string[]): Promise<typeof process.exitCode> {
    const before = process.exitCode;
    process.exitCode = 0;
    await sweepCommand().parseAsync(['--database', url, ...options], { from: 'user' });
    const { exitCode } = process;
    process.exitCode = before;
    return exitCode;
  }

  it('lets no rule look that is off', async () => {
    assert.equal(await run('--rules', 'review-goal=off'), 0);
    assert.equal(await tasks(), 0);
  });

  it('does nothing while another process sweeps, and says so by its exit code', async () => {
    const store = await openStore({ url });
    assert.ok(await claimLease(store, 'sweep', 'another process'));
    assert.equal(await run(), 1);
    await releaseLease(store, 'sweep', 'another process');
    await store.close();
    assert.equal(await tasks(), 0);
  });

  it('lets the rules look at what is due, however old it is, once', async () => {
    assert.equal(await run(), 0);
    assert.equal(await tasks(), 1);
    assert.equal(await run(), 0);
    assert.equal(await tasks(), 1);
  });

  it('makes no database where there is none', async () => {
    const none = `sqlite:${join(folder, 'none.sqlite')}`;
    await assert.rejects(sweepCommand().parseAsync(['--database', none], { from: 'user' }), /There is no database/);
  });
});
