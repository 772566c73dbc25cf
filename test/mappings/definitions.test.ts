/** Whatever of our own making a mapping can write has its definition: extensions with their parts and values, code systems with their codes. */
import { strict as assert } from 'node:assert';
import type { Codec } from '../../mappings/codec.ts';
import type { Step } from '../../mappings/element.ts';
import { mappings } from '../../mappings/index.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Rule } from '../../mappings/rule.ts';
import { tableOf, tablesOf } from '../../mappings/walk.ts';
import { BASE } from '../../resources/publication.ts';
import type { ElementDefinition, ElementDefinitionType } from '../../resources/types.ts';
import { source } from '../profiles/throughline/examples.ts';

interface Written {
  readonly mapping: Mapping;
  readonly field: string;
  readonly rule: Rule<unknown>;
  /** From the resource down, with the fixed values of lists. */
  readonly steps: readonly Step[];
}

/** Every field of a mapping that is written, with the whole path to its element. */
function written(mapping: Mapping): readonly Written[] {
  const below = (codec: Codec<unknown>, holder: readonly Step[], prefix: string): readonly Written[] =>
    Object.entries(codec.fields ?? {}).flatMap(([name, rule]) => {
      if (!rule.element || rule.readOnly) return [];
      const steps = [...holder, ...stepsOf(rule)];
      const field = `${prefix}${name}`;
      const inner = [rule.codec.item ?? rule.codec, ...(rule.codec.kinds ?? []).map(([, each]) => each)];
      return [{ mapping, field, rule, steps }, ...inner.flatMap((each) => below(each, steps, `${field}.`))];
    });
  return below(mapping.codec, [], `${mapping.name}.`);
}

function stepsOf({ element, codec: { reading } }: Rule<unknown>): readonly Step[] {
  const steps = element?.steps ?? [];
  const last = steps.at(-1);
  return last && reading.kind === 'list' ? [...steps.slice(0, -1), { ...last, slice: reading.where }] : steps;
}

interface Extended extends Written {
  readonly url: string;
  /** Where it stands: `CareTeam.participant`. */
  readonly host: string;
  /** The short name, where the field is a part of a complex extension. */
  readonly part?: string;
  /** The name of the element of the value: `valueCode`. */
  readonly value?: string;
}

const urlOf = ({ name, slice }: Step): string | undefined =>
  name === 'extension' && typeof slice?.url === 'string' ? slice.url : undefined;

function extended(each: Written): readonly Extended[] {
  const { steps, mapping } = each;
  const at = steps.findIndex((step) => urlOf(step) !== undefined);
  const url = steps[at] && urlOf(steps[at]);
  if (!url?.startsWith(BASE)) return [];
  const host = [mapping.type, ...steps.slice(0, at).map(({ name }) => name)].join('.');
  const rest = steps.slice(at + 1);
  const part = rest[0] && urlOf(rest[0]);
  const value = rest[part === undefined ? 0 : 1]?.name;
  return [{ ...each, url, host, ...(part === undefined ? {} : { part }), ...(value === undefined ? {} : { value }) }];
}

const everything = mappings.flatMap(written);
const extensions = everything.flatMap(extended);

/** The elements of a definition by their ids. */
function elementsOf(url: string): ReadonlyMap<string, ElementDefinition> {
  const definition = source.structureDefinition(url);
  assert.ok(definition, `${url} has no definition`);
  return new Map((definition.differential?.element ?? []).map((element) => [element.id ?? '', element]));
}

/** `code` of `valueCode`. */
const typeOf = (value: string): string => {
  const name = value.replace(/^value/, '');
  return name === 'Reference' ? name : `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
};

function targetsOf({ codec }: Rule<unknown>): readonly string[] | undefined {
  const { reading } = codec;
  if (reading.kind === 'reference') return [reading.type];
  return reading.kind === 'party' ? Object.values(reading.types) : undefined;
}

const targetsIn = ([type]: readonly ElementDefinitionType[] = []): readonly string[] =>
  (type?.targetProfile ?? []).map((profile) => profile.split('/').at(-1) ?? '');

function codesOf(valueSet: string): readonly string[] {
  const include = source.valueSet(valueSet)?.compose?.include ?? [];
  return include.flatMap(({ system = '', concept }) =>
    (concept ?? source.codeSystem(system)?.concept ?? []).map(({ code }) => code),
  );
}

describe('extensions of ours that mappings write', () => {
  it('are many', () => assert.ok(new Set(extensions.map(({ url }) => url)).size > 12));

  for (const { field, url, host, part, value, rule, steps, mapping } of extensions) {
    it(`${field}: ${url.split('/').at(-1)}${part === undefined ? '' : `, ${part}`} is defined for ${host}`, () => {
      const elements = elementsOf(url);
      assert.deepEqual(source.structureDefinition(url)?.context, [{ type: 'element', expression: host }]);
      const at = part === undefined ? 'Extension' : `Extension.extension:${part}`;
      assert.equal(elements.get(at)?.min, rule.required && part !== undefined ? 1 : 0);
      if (rule.codec.item) assert.equal(elements.get(at)?.max, '*');
      else if (value !== undefined) assert.equal(elements.get(at)?.max, '1');
      if (value === undefined) return;
      const { type, binding, minValueInteger, maxValueInteger } = elements.get(`${at}.value[x]`) ?? {};
      assert.deepEqual(
        type?.map(({ code }) => code),
        [typeOf(value)],
      );
      assert.deepEqual(targetsIn(type), targetsOf(rule) ?? []);
      const { minimum, maximum } = rule.codec.schema;
      assert.deepEqual([minValueInteger, maxValueInteger], [minimum, maximum]);
      const table = tableOf(rule);
      assert.equal(binding?.strength, table && 'required');
      const known = codesOf(binding?.valueSet ?? '');
      for (const [, code] of table?.rows ?? [])
        assert.ok(known.includes(code), `${code} is not in ${binding?.valueSet}`);
    });

    if (mapping.profile !== undefined && part === undefined)
      it(`${field} is named by ${mapping.profile.split('/').at(-1)}`, () => {
        const named = [...elementsOf(mapping.profile ?? '').values()].filter(
          ({ path, type }) => path === `${host}.extension` && type?.some(({ profile }) => profile?.includes(url)),
        );
        assert.equal(
          named.length,
          1,
          `${mapping.profile} has no slice for ${url} at ${steps.map(({ name }) => name).join('.')}`,
        );
      });
  }
});

/** The codings of ours in a value. */
function codingsIn(value: unknown): readonly { readonly system: string; readonly code: string }[] {
  if (Array.isArray(value)) return value.flatMap(codingsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { system, code } = value as { readonly system?: unknown; readonly code?: unknown };
  const own = typeof system === 'string' && typeof code === 'string' && system.startsWith(BASE);
  return [...(own ? [{ system, code }] : []), ...Object.values(value).flatMap(codingsIn)];
}

describe('codes of ours that mappings write', () => {
  for (const { name, system, rows } of tablesOf(mappings).values())
    if (system.startsWith(BASE))
      it(`the words of ${name} are the codes of its code system, and of the value set beside it`, () => {
        const { concept = [], valueSet } = source.codeSystem(system) ?? {};
        assert.deepEqual(
          concept.map(({ code, display }) => [code, display]),
          rows.map(([, code, display]) => [code, display]),
        );
        assert.deepEqual(
          codesOf(valueSet ?? ''),
          rows.map(([, code]) => code),
        );
      });

  for (const { name, constants, criteria } of mappings) {
    const asked = Object.values(criteria).map((text) => text.split('|'));
    const codings = [
      ...codingsIn(constants.map(({ value }) => value)),
      ...asked.flatMap(([system = '', code]) =>
        code !== undefined && system.startsWith(BASE) ? [{ system, code }] : [],
      ),
    ];
    for (const text of new Set(codings.map(({ system, code }) => `${system}|${code}`))) {
      const [system = '', code = ''] = text.split('|');
      it(`${name}: ${system.split('/').at(-1)} has ${code}`, () => {
        const known = source.codeSystem(system)?.concept?.map((each) => each.code) ?? [];
        assert.ok(known.includes(code), known.join());
      });
    }
  }
});
