/** ValueSet/$expand. https://hl7.org/fhir/R4/valueset-operation-expand.html */
import { badValue } from '../../../resources/outcome.ts';
import type {
  AnyResource,
  ValueSet,
  ValueSetExpansionContains,
  ValueSetExpansionParameter,
} from '../../../resources/types.ts';
import { displayIn } from '../../terminology/display.ts';
import { type Entry, type Expansion, expansionOf } from '../../terminology/expansion.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { subjectValueSet, valueSetSubject } from './subject.ts';

const TOO_COSTLY = 'http://hl7.org/fhir/StructureDefinition/valueset-toocostly';
const UNCLOSED = 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed';

interface View {
  readonly offset: number;
  readonly count: number | undefined;
  readonly nested: boolean;
  readonly designations: boolean;
  readonly language: string | undefined;
}

function contained({ system, version, concept }: Entry, { designations, language }: View): ValueSetExpansionContains {
  const { code, abstract, inactive } = concept;
  const display = displayIn(concept, language);
  return {
    ...(system === '' ? {} : { system }),
    ...(abstract ? { abstract } : {}),
    ...(inactive ? { inactive } : {}),
    ...(version ? { version } : {}),
    code,
    ...(display === undefined ? {} : { display }),
    ...(designations && concept.designations.length > 0
      ? { designation: concept.designations.map((each) => ({ ...each })) }
      : {}),
  };
}

/** Each code below the first of its parents that is in the expansion too. */
function nest(entries: readonly Entry[], view: View): ValueSetExpansionContains[] {
  const keyOf = (system: string, code: string) => `${system}|${code}`;
  const nodes = new Map(entries.map((entry) => [keyOf(entry.system, entry.concept.code), contained(entry, view)]));
  const above = new Map<ValueSetExpansionContains, ValueSetExpansionContains>();
  const roots: ValueSetExpansionContains[] = [];
  for (const { system, concept } of entries) {
    const node = nodes.get(keyOf(system, concept.code));
    if (!node) continue;
    const parent = concept.parents
      .map((code) => nodes.get(keyOf(system, code)))
      .find((each) => each && !leadsTo(each, node, above));
    if (!parent) roots.push(node);
    else {
      above.set(node, parent);
      parent.contains = [...(parent.contains ?? []), node];
    }
  }
  return roots;
}

/** A hierarchy that is a cycle must not become a tree that contains itself. */
function leadsTo<T>(from: T, to: T, above: ReadonlyMap<T, T>): boolean {
  for (let each: T | undefined = from; each !== undefined; each = above.get(each)) if (each === to) return true;
  return false;
}

function expanded(
  { resourceType, id, url, version, name, title, status, compose, ...rest }: ValueSet,
  { entries, incomplete, used }: Expansion,
  view: View,
  settings: { parameter: readonly ValueSetExpansionParameter[]; includeDefinition: boolean; id: string; now: string },
): ValueSet {
  const { offset, count } = view;
  const page =
    count === undefined && offset === 0
      ? entries
      : entries.slice(offset, count === undefined ? undefined : offset + count);
  const head = { resourceType, id, url, version, name, title, status: status ?? 'active' };
  const isCut = incomplete.some((each) => each.startsWith('only part'));
  return {
    ...(settings.includeDefinition ? { ...rest, ...head, compose } : head),
    expansion: {
      ...(incomplete.length > 0
        ? {
            extension: [isCut ? { url: TOO_COSTLY, valueBoolean: true } : { url: UNCLOSED, valueBoolean: true }],
          }
        : {}),
      identifier: `urn:uuid:${settings.id}`,
      timestamp: settings.now,
      total: entries.length,
      ...(count === undefined ? {} : { offset }),
      parameter: [
        ...settings.parameter,
        ...[...used].map((uri) => ({ name: 'version', valueUri: uri })),
        ...incomplete.map((reason) => ({ name: 'warning', valueString: reason })),
      ],
      ...(page.length === 0
        ? {}
        : { contains: view.nested ? nest(page, view) : page.map((entry) => contained(entry, view)) }),
    },
  };
}

function notNegative(name: string, value: number | undefined): void {
  if (value !== undefined && value < 0)
    throw badValue(`The parameter ${name} is ${value}; expected 0 or more`, { expression: `http.${name}` });
}

export const expandOperation = (terminology: Terminology): Operation =>
  defineOperation(
    {
      code: 'expand',
      canonical: 'http://hl7.org/fhir/OperationDefinition/ValueSet-expand',
      title: 'Expand a value set',
      description: 'The codes of a value set: of the one that is named, sent, or at the address.',
      resource: ['ValueSet'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        ...valueSetSubject,
        filter: {
          type: 'string',
          min: 0,
          max: '1',
          documentation: 'Words that the code or a name holds, in any order',
        },
        offset: { type: 'integer', min: 0, max: '1', documentation: 'Where the page begins, from 0' },
        count: { type: 'integer', min: 0, max: '1', documentation: 'How many codes the page has' },
        includeDesignations: { type: 'boolean', min: 0, max: '1', documentation: 'Also the other names of each code' },
        includeDefinition: { type: 'boolean', min: 0, max: '1', documentation: 'Also the definition of the value set' },
        activeOnly: {
          type: 'boolean',
          min: 0,
          max: '1',
          documentation: 'Leave out codes that are not in use any more',
        },
        excludeNested: { type: 'boolean', min: 0, max: '1', documentation: 'A flat list in place of a tree' },
        displayLanguage: { type: 'code', min: 0, max: '1', documentation: 'The language of the displays' },
      },
      result: { name: 'return', type: 'ValueSet', documentation: 'The value set with its expansion' },
    },
    async ({ id, input }, context) => {
      notNegative('offset', input.offset);
      notNegative('count', input.count);
      const { url, valueSet: given, valueSetVersion: version, filter, activeOnly = false } = input;
      const valueSet = await subjectValueSet({ id, url, version, given }, terminology, context);
      const isPage = input.offset !== undefined || input.count !== undefined;
      const view: View = {
        offset: input.offset ?? 0,
        count: isPage ? (input.count ?? context.limits.maximumCount) : undefined,
        nested: input.excludeNested !== true && !isPage && filter === undefined,
        designations: input.includeDesignations === true,
        language: input.displayLanguage,
      };
      const expansion = await expansionOf(valueSet, terminology, { ...(filter ? { text: filter } : {}), activeOnly });
      const parameter: ValueSetExpansionParameter[] = [
        ...(filter ? [{ name: 'filter', valueString: filter }] : []),
        ...(view.count === undefined
          ? []
          : [
              { name: 'offset', valueInteger: view.offset },
              { name: 'count', valueInteger: view.count },
            ]),
        ...(['activeOnly', 'excludeNested', 'includeDesignations'] as const).flatMap((name) =>
          input[name] === undefined ? [] : [{ name, valueBoolean: input[name] }],
        ),
        ...(view.language ? [{ name: 'displayLanguage', valueCode: view.language }] : []),
      ];
      const settings = {
        parameter,
        includeDefinition: input.includeDefinition === true,
        id: context.newId(),
        now: new Date().toISOString(),
      };
      return { status: 200, body: expanded(valueSet, expansion, view, settings) as unknown as AnyResource };
    },
  );
