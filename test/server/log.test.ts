import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';

/** Lines that a process writes which runs `code`. */
function linesOf(code: string): readonly { readonly msg: string }[] {
  const module = JSON.stringify(new URL('../../server/log.ts', import.meta.url).href);
  const text = `const { openLog } = await import(${module}); const log = openLog('info'); ${code}`;
  const output = execFileSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', `process.on('uncaughtException', () => process.exit(0)); ${text}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { msg: string });
}

describe('the log', () => {
  const endings: readonly (readonly [name: string, code: string])[] = [
    ['comes to its end', ''],
    ['exits', 'process.exit(0);'],
    ['fails', "throw new Error('unforeseen');"],
  ];
  for (const [name, code] of endings)
    it(`has every line of a process that ${name}`, () => {
      const lines = linesOf(`for (let line = 0; line < 100; line++) log.info(String(line)); log.debug('no'); ${code}`);
      assert.deepEqual(
        lines.map(({ msg }) => msg),
        Array.from({ length: 100 }, (_, line) => String(line)),
      );
    });

  it('is written while the process goes on', () => {
    const [first] = linesOf("log.info('first'); setTimeout(() => process.reallyExit(0), 600);");
    assert.equal(first?.msg, 'first');
  });
});
