/**
 * Rules of the resources that define: what CodeSystem, ValueSet, CapabilityStatement and StructureDefinition say has to fit what is known
 * of the definitions they speak about. An explicit list by type.
 */
import { searchParameterTables } from '../resources/definition.ts';
import type { JsonObject, StructureDefinition } from '../resources/types.ts';
import { asObject, type ElementAssertion } from './assertion.ts';
import { isProfile, profileAssertion } from './differential.ts';
import { checkSyntax } from './expression-check.ts';
import { fixedDifferences } from './fixed.ts';
import { isOfType } from './run.ts';
import { type Scope, shown, type Walk } from './walk.ts';

type Check = (resource: JsonObject, path: string, walk: Walk) => void;

const checks: Readonly<Record<string, Check>> = {
  CapabilityStatement: checkCapabilityStatement,
  CodeSystem: checkCodeSystem,
  ConceptMap: checkConceptMap,
  SearchParameter: checkSearchParameter,
  StructureDefinition: checkStructureDefinition,
  ValueSet: checkValueSet,
};

/** Checks a resource that is a definition; does nothing for others. */
export function checkDefinition({ resource, path }: Scope, walk: Walk): void {
  const type = String(resource.resourceType);
  if (Object.hasOwn(checks, type)) checks[type]?.(resource, path, walk);
}

const objectsOf = (value: unknown): readonly (readonly [JsonObject, number])[] =>
  Array.isArray(value)
    ? (value as readonly unknown[]).flatMap((item, at) => {
        const object = asObject(item);
        return object ? [[object, at] as const] : [];
      })
    : [];

/** https://hl7.org/fhir/R4/codesystem.html#4.8.4 */
function checkCodeSystem({ content, concept, supplements }: JsonObject, path: string, walk: Walk): void {
  const concepts = objectsOf(concept);
  if (content === 'not-present' && concepts.length > 0)
    walk.error(
      'invalid',
      'code-system-content',
      `${path}.concept[0]`,
      'content is not-present, and there are concepts',
    );
  if (typeof supplements !== 'string') return;
  if (content !== 'supplement')
    walk.error(
      'invalid',
      'code-system-supplement',
      `${path}.content`,
      `a CodeSystem that supplements another has the content 'supplement', found ${shown(content)}`,
    );
  for (const [{ code }, at] of concepts)
    if (typeof code === 'string' && walk.terminology.lookup(supplements, code).kind === 'no')
      walk.error(
        'invalid',
        'code-system-supplement',
        `${path}.concept[${at}]`,
        `${supplements} has no code ${shown(code)}, and a supplement adds none`,
      );
}

/** https://hl7.org/fhir/R4/valueset.html#compositions */
function checkValueSet({ compose }: JsonObject, path: string, walk: Walk): void {
  for (const list of ['include', 'exclude'])
    for (const [include, at] of objectsOf(asObject(compose)?.[list]))
      checkInclude(include, `${path}.compose.${list}[${at}]`, walk);
}

function checkInclude({ system, concept, filter }: JsonObject, path: string, walk: Walk): void {
  if (typeof system !== 'string') return;
  for (const [{ code }, at] of objectsOf(concept))
    if (typeof code === 'string' && walk.terminology.lookup(system, code).kind === 'no')
      walk.error(
        'code-invalid',
        'value-set-code',
        `${path}.concept[${at}]`,
        `the code system ${system} has no code ${shown(code)}`,
      );
  for (const [each, at] of objectsOf(filter)) checkFilter(each, system, `${path}.filter[${at}]`, walk);
}

const HIERARCHICAL = new Set(['is-a', 'descendent-of', 'is-not-a', 'generalizes']);
const CODED = /^(?:[^#\s]+(?:\|[^#\s]+)?)#\S+$/;

function checkFilter({ property, op, value }: JsonObject, system: string, path: string, walk: Walk): void {
  if (typeof value !== 'string') return;
  if (HIERARCHICAL.has(String(op)) && walk.terminology.lookup(system, value).kind === 'no')
    walk.error('code-invalid', 'value-set-filter', path, `the code system ${system} has no code ${shown(value)}`);
  if (property === 'constraint' && system === 'http://snomed.info/sct' && ADJACENT_CONCEPTS.test(value))
    walk.error(
      'invalid',
      'value-set-filter',
      path,
      `${shown(value)} is no expression constraint: between two concepts stands an operator such as AND or :`,
    );
  const defined = walk.source.codeSystem(system)?.property?.find(({ code }) => code === property);
  if (defined?.type === 'boolean' && value !== 'true' && value !== 'false')
    walk.error(
      'invalid',
      'value-set-filter',
      path,
      `the property ${String(property)} of ${system} is true or false, found ${shown(value)}`,
    );
  if (defined?.type === 'Coding' && op !== 'exists' && !CODED.test(value))
    walk.error(
      'invalid',
      'value-set-filter',
      path,
      `the property ${String(property)} of ${system} is a coding: expected system#code, found ${shown(value)}`,
    );
}

// ECL: a concept, perhaps with its term, followed by the operator of another concept.
const ADJACENT_CONCEPTS = /\d{6,18}\s*(?:\|[^|]*\|)?\s*(?:<<?!?|>>?!?|\^|\d{6,18})/;

/** The codes of a map are those of the systems that it maps between. */
function checkConceptMap({ group }: JsonObject, path: string, walk: Walk): void {
  const check = (system: unknown, code: unknown, here: string): void => {
    if (typeof system === 'string' && typeof code === 'string' && walk.terminology.lookup(system, code).kind === 'no')
      walk.warning('code-invalid', 'concept-map-code', here, `the code system ${system} has no code ${shown(code)}`);
  };
  for (const [{ source, target, element }, at] of objectsOf(group))
    for (const [{ code, target: targets }, index] of objectsOf(element)) {
      const here = `${path}.group[${at}].element[${index}]`;
      check(source, code, here);
      for (const [{ code: mapped }, number] of objectsOf(targets)) check(target, mapped, `${here}.target[${number}]`);
    }
}

/** https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.component */
function checkSearchParameter({ type, component, expression }: JsonObject, path: string, walk: Walk): void {
  checkSyntax(expression, `${path}.expression`, walk);
  if (type === 'composite' && objectsOf(component).length < 2)
    walk.error(
      'invalid',
      'search-parameter-component',
      path,
      'a composite search parameter has two components or more',
    );
}

/** The type of a search parameter is that of its definition. */
function checkCapabilityStatement({ rest }: JsonObject, path: string, walk: Walk): void {
  const known = new Map(searchParameterTables().map(({ url, type }) => [url, type]));
  for (const [server, at] of objectsOf(rest))
    for (const [resource, index] of objectsOf(server.resource))
      for (const [{ definition, type, name }, number] of objectsOf(resource.searchParam)) {
        const expected = typeof definition === 'string' ? known.get(definition.split('|')[0] ?? '') : undefined;
        if (expected !== undefined && type !== expected)
          walk.error(
            'invalid',
            'search-parameter-type',
            `${path}.rest[${at}].resource[${index}].searchParam[${number}]`,
            `${String(name)} is of type ${shown(type)}, and ${String(definition)} is of type ${expected}`,
          );
      }
}

/** A profile fits its base: the types it names are of the type they profile, and what the base fixes stays. */
function checkStructureDefinition(resource: JsonObject, path: string, walk: Walk): void {
  const definition = resource as unknown as StructureDefinition;
  if (typeof definition.type !== 'string' || typeof definition.url !== 'string' || !isProfile(definition)) return;
  const listed = asObject(resource.differential)?.element;
  const elements = objectsOf(listed);
  // What is no list of objects is told as such by the structure; there is no profile in it to compile.
  if (Array.isArray(listed) && listed.length !== elements.length) return;
  for (const [element, at] of elements)
    for (const [{ code, profile }, index] of objectsOf(element.type)) {
      const profiles = Array.isArray(profile) ? (profile as readonly unknown[]) : [];
      for (const [number, canonical] of profiles.entries())
        checkTypeProfile(
          canonical,
          code,
          `${path}.differential.element[${at}].type[${index}].profile[${number}]`,
          walk,
        );
    }
  for (const problem of profileAssertion(definition, walk.source).problems)
    walk.report(
      problem.includes('has no element') ? 'error' : 'warning',
      'invalid',
      'profile-problem',
      `${path}.differential`,
      problem,
    );
  for (const [{ constraint }, at] of elements)
    for (const [{ expression }, index] of objectsOf(constraint))
      checkSyntax(expression, `${path}.differential.element[${at}].constraint[${index}]`, walk);
  const base =
    typeof definition.baseDefinition === 'string'
      ? walk.source.structureDefinition(definition.baseDefinition)
      : undefined;
  if (!base || !isProfile(base)) return;
  const fixed = new Map(fixedIn(profileAssertion(base, walk.source).root).map(({ id, fixed }) => [id, fixed]));
  for (const [element] of elements) checkFixed(element, fixed, walk);
}

function checkTypeProfile(canonical: unknown, code: unknown, path: string, walk: Walk): void {
  const found = typeof canonical === 'string' ? walk.profiles.find(canonical) : undefined;
  const type = found?.kind === 'profile' ? found.profile.assertion.type : found?.type;
  if (type !== undefined && typeof code === 'string' && !isOfType(type, code))
    walk.error('invalid', 'type-profile', path, `${String(canonical)} is about ${type}, and the type here is ${code}`);
}

function fixedIn(assertion: ElementAssertion): readonly ElementAssertion[] {
  const inner = [...(assertion.children ?? []), ...(assertion.slices ?? [])].flatMap(fixedIn);
  return assertion.fixed === undefined ? inner : [assertion, ...inner];
}

function checkFixed(element: JsonObject, fixed: ReadonlyMap<string, unknown>, walk: Walk): void {
  const id = String(element.id ?? element.path);
  const name = Object.keys(element).find((key) => /^fixed[A-Z]/.test(key));
  if (name === undefined || !fixed.has(id) || fixedDifferences(element[name], fixed.get(id)).length === 0) return;
  walk.error(
    'invalid',
    'profile-fixed-conflict',
    id,
    `is fixed to ${shown(element[name])}, and the profile it derives from fixes it to ${shown(fixed.get(id))}`,
  );
}

/** True when the code system of a canonical is a supplement, whose codes are those of another system. */
export const isSupplement = (canonical: string, walk: Walk): boolean => {
  const system = walk.source.codeSystem(canonical);
  return system !== undefined && (system.content === 'supplement' || system.supplements !== undefined);
};
