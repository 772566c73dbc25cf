/** The concepts of a CodeSystem resource, with their hierarchy: by nesting, and by the properties `parent`, `subsumedBy` and `child`. */
import type { CodeSystem, CodeSystemConcept, CodeSystemConceptProperty } from '../../resources/types.ts';
import type { Concept, ConceptProperty, Concepts } from './concepts.ts';
import { isFoundBy } from './concepts.ts';
import { passesFilter } from './filter.ts';

const compiled = new WeakMap<CodeSystem, Concepts>();

/** Compiled once for each resource. */
export function resourceConcepts(system: CodeSystem): Concepts {
  let known = compiled.get(system);
  if (!known) {
    known = compile(system);
    compiled.set(system, known);
  }
  return known;
}

function compile(system: CodeSystem): Concepts {
  const concepts = collect(system.concept ?? []);
  const below = new Map<string, string[]>();
  for (const { code, parents } of concepts.values())
    for (const parent of parents) below.set(parent, [...(below.get(parent) ?? []), code]);
  const folded =
    system.caseSensitive === false
      ? new Map([...concepts.values()].map((each) => [each.code.toLowerCase(), each]))
      : undefined;
  const find = (code: string) => concepts.get(code) ?? folded?.get(code.toLowerCase());
  const isA = (code: string, ancestor: string) =>
    walk(code, (each) => concepts.get(each)?.parents ?? [], concepts.size).includes(ancestor);
  const url = system.url ?? '';
  return {
    url,
    ...(system.version === undefined ? {} : { version: system.version }),
    name: system.name ?? url,
    ...(system.title === undefined ? {} : { title: system.title }),
    ...(system.content === 'complete'
      ? {}
      : { incomplete: `the code system ${url} is here only in part (content: ${system.content})` }),
    find: async (code) => find(code),
    async select({ filters, text, activeOnly, limit }) {
      const found: Concept[] = [];
      for (const concept of concepts.values()) {
        if (found.length > limit) break;
        if (activeOnly && concept.inactive) continue;
        if (!filters.every((filter) => passesFilter(concept, filter, isA, url))) continue;
        if (isFoundBy(concept, text)) found.push(concept);
      }
      return found;
    },
    passes: async (concept, filter) => passesFilter(concept, filter, isA, url),
    isA: async (code, ancestor) => isA(code, ancestor),
    ancestors: async (code) => walk(code, (each) => concepts.get(each)?.parents ?? [], concepts.size),
    descendants: async (code, limit) => walk(code, (each) => below.get(each) ?? [], limit),
    children: async (code) => below.get(code) ?? [],
  };
}

/** `start` and all that `next` leads to, each once, nearest first; a cycle ends. At most `limit` and one more. */
function walk(start: string, next: (code: string) => readonly string[], limit: number): readonly string[] {
  const seen = new Set([start]);
  for (const code of seen) {
    if (seen.size > limit) break;
    for (const each of next(code)) seen.add(each);
  }
  return [...seen];
}

const PARENT = new Set(['parent', 'subsumedBy']);

interface Draft {
  readonly source: CodeSystemConcept;
  readonly parents: Set<string>;
}

/** By code, in the order of the resource. Iterative: nesting is input. */
function collect(roots: readonly CodeSystemConcept[]): ReadonlyMap<string, Concept> {
  const drafts = new Map<string, Draft>();
  const open: { source: CodeSystemConcept; parent?: string }[] = [...roots].reverse().map((source) => ({ source }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { source, parent } = next;
    const draft = drafts.get(source.code) ?? { source, parents: new Set<string>() };
    drafts.set(source.code, draft);
    if (parent !== undefined) draft.parents.add(parent);
    for (const { code, valueCode } of source.property ?? [])
      if (PARENT.has(code) && valueCode !== undefined) draft.parents.add(valueCode);
    for (const child of [...(source.concept ?? [])].reverse()) open.push({ source: child, parent: source.code });
  }
  for (const { source } of drafts.values())
    for (const { code, valueCode } of source.property ?? [])
      if (code === 'child' && valueCode !== undefined) drafts.get(valueCode)?.parents.add(source.code);
  return new Map([...drafts].map(([code, draft]) => [code, conceptOf(draft)]));
}

function conceptOf({ source, parents }: Draft): Concept {
  const properties = (source.property ?? []).flatMap(propertyOf);
  return {
    code: source.code,
    display: source.display,
    definition: source.definition,
    designations: source.designation ?? [],
    properties,
    parents: [...parents],
    abstract: properties.some(({ code, value }) => code === 'notSelectable' && value === true),
    inactive: properties.some(isInactive),
  };
}

function propertyOf(property: CodeSystemConceptProperty): readonly ConceptProperty[] {
  const entry = Object.entries(property).find(([name]) => name.startsWith('value'));
  if (!entry) return [];
  const [name, value] = entry;
  const type = name.slice('value'.length);
  return [
    { code: property.code, type: type === 'Coding' ? type : type.charAt(0).toLowerCase() + type.slice(1), value },
  ];
}

/** https://hl7.org/fhir/R4/codesystem-concept-properties.html */
const isInactive = ({ code, value }: ConceptProperty): boolean =>
  (code === 'inactive' && value === true) || (code === 'status' && (value === 'retired' || value === 'inactive'));
