import { strict as assert } from 'node:assert';
import { bytesText, durationText, progressLine, progressOf } from '../../../server/cli/progress.ts';

describe('Progress', () => {
  it('is a bar with done and total, rate, time left and failures', () => {
    const figures = { done: 250_000_000, resources: 120_000, failed: 3 };
    assert.equal(
      progressLine(figures, { unit: 'bytes', total: 1_000_000_000 }, 60, true),
      '[#####...............] 250 MB of 1.0 GB, 120,000 resources, 2,000/s, 3:00 min left, 3 failed',
    );
  });

  it('has no bar and no end where the total is not known', () => {
    const figures = { done: 2_500, resources: 10, failed: 0 };
    assert.equal(progressLine(figures, { unit: 'bytes' }, 5, true), '2.5 kB, 10 resources, 2/s');
  });

  it('counts clients by name', () => {
    const figures = { done: 5, resources: 300, failed: 0 };
    assert.equal(
      progressLine(figures, { unit: 'clients', total: 10 }, 3, false),
      '5 of 10 clients, 300 resources, 100/s, 3 s left',
    );
  });

  for (const [seconds, text] of [
    [0.4, '0 s'],
    [59.4, '59 s'],
    [60, '1:00 min'],
    [3725, '1:02 h'],
  ] as const)
    it(`writes ${seconds} seconds as ${text}`, () => assert.equal(durationText(seconds), text));

  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [123_456_789, '123 MB'],
  ] as const)
    it(`writes ${bytes} bytes as ${text}`, () => assert.equal(bytesText(bytes), text));

  /** What is written when updates come every second for half a minute. */
  function written(isTTY: boolean): string[] {
    const texts: string[] = [];
    let now = 0;
    const progress = progressOf({
      unit: 'resources',
      total: 30,
      terminal: { isTTY, columns: 40, write: (text: string) => texts.push(text) },
      clock: () => now,
    });
    for (let done = 1; done <= 30; done += 1) {
      now = done * 1000;
      progress.update({ done, resources: done, failed: 0 });
    }
    progress.say('done');
    return texts;
  }

  it('rewrites one line on a terminal, within its width, and removes it before another', () => {
    const texts = written(true);
    assert.equal(texts.length, 32);
    assert.ok(texts.slice(0, 30).every((text) => text.startsWith('\r\x1b[K[') && text.length <= 39 + 4));
    assert.deepEqual(texts.slice(30), ['\r\x1b[K', 'done\n']);
  });

  it('writes a plain line now and then elsewhere', () => {
    const texts = written(false);
    assert.equal(texts.length, 4);
    assert.equal(texts[0], '10 of 30 resources, 1/s, 20 s left\n');
  });
});
