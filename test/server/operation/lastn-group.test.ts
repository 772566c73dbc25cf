/** The groups of $lastn. https://hl7.org/fhir/R4/observation-operation-lastn.html */
import { strict as assert } from 'node:assert';
import { codesOf, type Entry, lastOfEach, timeOf } from '../../../server/operation/lastn/group.ts';

const entry = (id: string, codes: readonly string[], time: number | undefined, subject = 'Patient/maria'): Entry => ({
  id,
  rid: id.charCodeAt(0),
  subject,
  codes,
  time,
});
const ids = (entries: readonly Entry[]) => entries.map(({ id }) => id).join('');

describe('$lastn groups', () => {
  // "Codes with translations (multiple codings): the grouping SHALL follow the transitive property of equality"
  for (const { codes, groups } of [
    { codes: [['a'], ['b'], ['c']], groups: 3 },
    { codes: [['a'], ['b'], ['a', 'c']], groups: 2 },
    { codes: [['a'], ['b'], ['a', 'b']], groups: 1 },
    { codes: [['text textM'], ['text Text'], ['text t e x t']], groups: 3 },
    { codes: [['a', 'b'], ['c', 'd'], ['b', 'c'], ['e']], groups: 2 },
  ])
    it(`${codes.map((each) => each.join(',')).join(' | ')} are ${groups} groups`, () => {
      const entries = codes.map((each, at) => entry(String(at), each, at));
      assert.equal(lastOfEach(entries, 1).length, groups);
    });

  it('gives the most recent of each, the most recent of all first', () => {
    const entries = [entry('a', ['x'], 1), entry('b', ['x'], 3), entry('c', ['y'], 2), entry('d', ['x'], 2)];
    assert.equal(ids(lastOfEach(entries, 1)), 'bc');
    assert.equal(ids(lastOfEach(entries, 2)), 'bdc');
  });

  it('gives those too that are as recent as the last', () => {
    const entries = [entry('a', ['x'], 1), entry('b', ['x'], 2), entry('c', ['x'], 1), entry('d', ['x'], 0)];
    assert.equal(ids(lastOfEach(entries, 2)), 'bca');
  });

  it('keeps the subjects apart', () => {
    const entries = [entry('a', ['x'], 1), entry('b', ['x'], 2, 'Patient/tom')];
    assert.equal(ids(lastOfEach(entries, 1)), 'ba');
  });

  it('puts what has no time behind everything else', () => {
    assert.equal(ids(lastOfEach([entry('a', ['x'], undefined), entry('b', ['x'], 1)], 1)), 'b');
  });

  it('is quick for a chain of 100,000 codes', () => {
    const entries = Array.from({ length: 100_000 }, (_, at) => entry('a', [`${at}`, `${at + 1}`], at));
    assert.equal(lastOfEach(entries, 1).length, 1);
  });
});

describe('codesOf', () => {
  for (const [concept, codes] of [
    [{ coding: [{ system: 's', code: 'a' }, { code: 'b' }], text: 'words' }, ['code s|a', 'code |b']],
    [{ coding: [{ display: 'no code' }], text: 'words' }, ['text words']],
    [{}, ['none']],
  ] as const)
    it(`of ${JSON.stringify(concept)}`, () => assert.deepEqual(codesOf(concept as never), codes));
});

describe('timeOf', () => {
  for (const [observation, time] of [
    [{ effectiveDateTime: '2024-03-01' }, '2024-03-01T00:00:00Z'],
    [{ effectiveInstant: '2024-03-01T10:00:00Z' }, '2024-03-01T10:00:00Z'],
    [{ effectivePeriod: { start: '2024-03-01', end: '2024-03-03' } }, '2024-03-03T00:00:00Z'],
    [{ effectivePeriod: { start: '2024-03-01' } }, '2024-03-01T00:00:00Z'],
    [{ effectiveTiming: { event: ['2024-03-02', '2024-03-01'] } }, '2024-03-02T00:00:00Z'],
  ] as const)
    it(`of ${JSON.stringify(observation)} is ${time}`, () =>
      assert.equal(timeOf(observation as never), Date.parse(time)));

  it('is unknown without effective[x]', () => assert.equal(timeOf({}), undefined));
});
