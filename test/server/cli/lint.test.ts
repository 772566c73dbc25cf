import { strict as assert } from 'node:assert';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintCommand } from '../../../server/cli/lint.ts';
import type { Report } from '../../../server/lint/report.ts';
import { PROFILE, tinyPackage, withArchive } from '../definition/tiny-package.ts';

describe('throughline lint', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
    const claiming = JSON.stringify({ resourceType: 'Patient', id: 'b', meta: { profile: [PROFILE] } });
    await writeFile(join(folder, 'patients.ndjson'), `{"resourceType":"Patient","id":"a"}\n${claiming}\n`);
  });
  after(() => rm(folder, { recursive: true }));

  async function run(...options: readonly string[]): Promise<{ report: Report; exitCode: typeof process.exitCode }> {
    const output = join(folder, '..', `throughline-lint-${process.pid}.json`);
    const before = process.exitCode;
    await lintCommand().parseAsync([folder, '--format', 'json', '--output', output, ...options], { from: 'user' });
    const { exitCode } = process;
    process.exitCode = before;
    const report = JSON.parse(await readFile(output, 'utf8')) as Report;
    await rm(output);
    return { report, exitCode };
  }

  it('reports a folder, and says that a claimed profile is not known', async () => {
    const { report, exitCode } = await run();
    assert.equal(report.resources, 2);
    assert.ok(report.groups.some(({ rule, severity }) => rule === 'profile-unknown' && severity === 'warning'));
    assert.equal(exitCode, 0);
  });

  it('knows the profiles of a package that is named', () =>
    withArchive(tinyPackage('1.0.0', 'name'), async (path) => {
      const { report, exitCode } = await run('--package', path);
      assert.ok(report.groups.some(({ rule }) => rule === 'profile-min'));
      assert.equal(exitCode, 1);
    }));
});
