/** https://hl7.org/fhir/R4/fhirpatch.html */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { isPrimitive } from '../../../../resources/definition.ts';
import { copy, parseJson, stringifyJson } from '../../../../resources/json.ts';
import type { AnyResource, Parameters } from '../../../../resources/types.ts';
import { insertItem, removeElement, removeItem, writeSingle } from '../../../../server/transaction/patch/content.ts';
import { diff } from '../../../../server/transaction/patch/diff.ts';
import { children, childTables, type Element, rootElement } from '../../../../server/transaction/patch/element.ts';
import { applyFhirPathPatch } from '../../../../server/transaction/patch/fhirpath-patch.ts';
import { fingerprint, itemsOf } from '../../../../server/transaction/patch/item.ts';
import { failure } from './failure.ts';

const resource = (json: string): AnyResource => parseJson(json) as unknown as AnyResource;

/** One text for all ways to write the same content; digits count. */
const content = (value: AnyResource): string => fingerprint({ type: value.resourceType, value });

/** The operations in one line each: `replace CarePlan.status "active"`. */
const lines = ({ parameter = [] }: Parameters): readonly string[] =>
  parameter.map(({ part = [] }) =>
    part
      .map(({ name, ...value }) => {
        const text = stringifyJson(value).replace(/^\{"\w+":(.*)\}$/s, '$1');
        return name === 'value' ? text : text.replaceAll('"', '');
      })
      .join(' '),
  );

const plan = `{"resourceType":"CarePlan","id":"plan","status":"active","intent":"plan","subject":{"reference":"Patient/maria"},
  "period":{"start":"2024-01-01"},
  "goal":[{"reference":"Goal/1"},{"reference":"Goal/2"},{"reference":"Goal/3"}],
  "activity":[
    {"id":"a1","detail":{"status":"in-progress","code":{"text":"walk"},"dailyAmount":{"value":30.0,"unit":"min"}}},
    {"reference":{"reference":"ServiceRequest/1"},"progress":[{"text":"good"}]},
    {"detail":{"status":"scheduled","code":{"coding":[{"system":"s","code":"diet","display":"Diet"}]}}}
  ]}`;

describe('the difference of two versions', () => {
  const differences: readonly (readonly [
    what: string,
    edits: readonly (readonly [from: string, to: string])[],
    expected: readonly string[],
  ])[] = [
    ['nothing', [], []],
    ['a changed primitive', [['"active"', '"revoked"']], ['replace CarePlan.status "revoked"']],
    [
      'a changed part of an element',
      [['Patient/maria', 'Patient/eva']],
      ['replace CarePlan.subject.reference "Patient/eva"'],
    ],
    ['a new element', [['"period":{', '"period":{"end":"2025",']], ['add CarePlan.period end "2025"']],
    ['a lost element', [['"period":{"start":"2024-01-01"},', '']], ['delete CarePlan.period']],
    [
      'an element with other content',
      [['"period":{"start":"2024-01-01"}', '"period":{"end":"2025"}']],
      ['replace CarePlan.period {"end":"2025"}'],
    ],
    ['a changed precision', [['30.0', '30.00']], ['replace CarePlan.activity[0].detail.dailyAmount.value 30.00']],
    [
      'an item at the end',
      [['{"reference":"Goal/3"}', '{"reference":"Goal/3"},{"reference":"Goal/4"}']],
      ['add CarePlan goal {"reference":"Goal/4"}'],
    ],
    [
      'an item at the front',
      [['{"reference":"Goal/1"}', '{"reference":"Goal/0"},{"reference":"Goal/1"}']],
      ['insert CarePlan.goal 0 {"reference":"Goal/0"}'],
    ],
    ['a lost item', [['{"reference":"Goal/1"},', '']], ['delete CarePlan.goal[0]']],
    [
      'a lost list',
      [['"goal":[{"reference":"Goal/1"},{"reference":"Goal/2"},{"reference":"Goal/3"}],', '']],
      ['delete CarePlan.goal[2]', 'delete CarePlan.goal[1]', 'delete CarePlan.goal[0]'],
    ],
    [
      'a new order',
      [
        ['Goal/1', 'Goal/x'],
        ['Goal/2', 'Goal/1'],
        ['Goal/3', 'Goal/2'],
        ['Goal/x', 'Goal/3'],
      ],
      ['move CarePlan.goal 2 0'],
    ],
    ['an item that gave way to another', [['Goal/2', 'Goal/7']], ['replace CarePlan.goal[1] {"reference":"Goal/7"}']],
    [
      'a change in an item known by its id',
      [['"in-progress"', '"completed"']],
      ['replace CarePlan.activity[0].detail.status "completed"'],
    ],
    [
      'a change in an item known by its code, behind a new one',
      [
        ['"scheduled"', '"completed"'],
        ['"activity":[', '"activity":[{"progress":[{"text":"new"}]},'],
      ],
      [
        'replace CarePlan.activity[2].detail.status "completed"',
        'insert CarePlan.activity 0 [{"name":"progress","valueAnnotation":{"text":"new"}}]',
      ],
    ],
    [
      'a choice of another type',
      [['"scheduled"', '"scheduled","scheduledString":"daily"']],
      ['add CarePlan.activity[2].detail scheduled "daily"'],
    ],
  ];
  for (const [what, edits, expected] of differences)
    it(`says ${what} in few words`, () => {
      const before = resource(plan);
      const after = resource(edits.reduce((text, [from, to]) => text.replace(from, to), plan));
      const patch = diff(before, after);
      assert.deepEqual(lines(patch), expected);
      assert.equal(content(applyFhirPathPatch(before, patch)), content(after));
    });

  it('is that of one resource only', () => {
    const other = resource(plan.replace('"id":"plan"', '"id":"other"'));
    assert.match(failure(() => diff(resource(plan), other)).message, /found CarePlan\/plan and CarePlan\/other/);
  });

  it('cannot be said of properties that R4 does not define', () => {
    const other = resource(plan.replace('"dailyAmount"', '"monthlyAmount"'));
    assert.match(failure(() => diff(resource(plan), other)).message, /activity\[0\].detail has "monthlyAmount"/);
  });

  it('takes long lists in their order when there is too much to compare', () => {
    const list = (from: number): AnyResource =>
      ({
        resourceType: 'Group',
        member: Array.from({ length: 3_000 }, (_, index) => ({ inactive: index % from === 0 })),
      }) as never;
    const patch = diff(list(2), list(3));
    assert.equal(patch.parameter?.length, 1_500);
    assert.equal(content(applyFhirPathPatch(list(2), patch)), content(list(3)));
  });
});

const directory = new URL('../../../../node_modules/hl7.fhir.r4.examples/', import.meta.url);
/** One in twenty of the official examples, those of moderate size. */
const examples = readdirSync(directory)
  .filter((file, index) => file.endsWith('.json') && index % 20 === 0)
  .map((file) => readFileSync(new URL(file, directory), 'utf8'))
  .filter((text) => text.length < 20_000 && text.includes('"resourceType"'))
  .map(resource);

const descendants = (element: Element): readonly Element[] =>
  childTables(element.type)
    .flatMap(({ name }) => children(element, name))
    .flatMap((child) => [child, ...descendants(child)]);

/** Changes the elements that numbers below 1 choose: removed, repeated, moved, put in place of one of the same type, given other digits. */
function edit(after: AnyResource, kind: number, one: number, other: number): void {
  const all = descendants(rootElement(after)).filter(({ path }) => path !== `${after.resourceType}.id`);
  const element = all[Math.floor(one * all.length)];
  if (!element?.place) return;
  const { container, table, name, index } = element.place;
  const item = itemsOf(container, table)[index ?? 0];
  const edits = [
    () => removeElement(element),
    () => index !== undefined && insertItem(container, name, Math.floor(other * index), copy({ ...item })),
    () =>
      index !== undefined && insertItem(container, name, Math.floor(other * index), removeItem(container, name, index)),
    () => {
      const alike = all.filter(({ type, place }) => type === element.type && place?.name === name);
      const place = alike[Math.floor(other * alike.length)]?.place;
      const source = place && itemsOf(place.container, place.table)[place.index ?? 0];
      if (source && index === undefined) writeSingle(container, name, copy({ ...source }));
    },
    () => {
      if (!isPrimitive(element.type) || index !== undefined) return;
      const { value, companion } = item ?? {};
      if (typeof value === 'number') writeSingle(container, name, { value, numeral: `${value.toFixed(4)}`, companion });
      else if (typeof value === 'string') writeSingle(container, name, { value: `${value}${other}` });
    },
  ];
  edits[kind]?.();
}

describe('the difference of any two versions', () => {
  it('turns the one into the other, digits included', () => {
    const number = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const edits = fc.array(fc.tuple(fc.nat(4), number, number), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...examples), edits, (before, steps) => {
        const after = copy(before);
        for (const [kind, one, other] of steps) edit(after, kind, one, other);
        const untouched = content(before);
        const patch = diff(before, after);
        assert.equal(content(applyFhirPathPatch(before, patch)), content(after));
        assert.equal(content(before), untouched);
      }),
      { numRuns: 500 },
    );
  });

  it('makes an example out of nothing and nothing out of an example', () => {
    for (const example of examples) {
      const empty = { resourceType: example.resourceType, ...(example.id ? { id: example.id } : {}) };
      assert.equal(content(applyFhirPathPatch(empty, diff(empty, example))), content(example));
      assert.equal(content(applyFhirPathPatch(example, diff(example, empty))), content(empty));
    }
  });
});
