/**
 * A ValueSet compiled to a test: the includes and excludes of its compose, or its stored expansion where the compose needs a code
 * system that is not here. https://hl7.org/fhir/R4/valueset.html#compositions
 */
import type {
  ValueSet,
  ValueSetComposeInclude,
  ValueSetComposeIncludeFilter,
  ValueSetExpansionContains,
} from '../resources/types.ts';
import { type Codes, type Concept, codesOf, isA } from './code-system.ts';
import type { DefinitionSource } from './source.ts';
import type { Membership, Terminology } from './terminology.ts';

export type ValueSetTest = (system: string | undefined, code: string) => Membership;

const YES: Membership = { kind: 'yes' };
const NO: Membership = { kind: 'no' };
const unknown = (reason: string): Membership => ({ kind: 'unknown', reason });

// Value sets that include each other: deeper than any real chain, and far from the end of the stack.
const DEEPEST_IMPORT = 20;
let importing = 0;

/** The test of the value set with this canonical. One that is not known, or that includes itself, answers `unknown`. */
export function compileValueSet(canonical: string, source: DefinitionSource, terminology: Terminology): ValueSetTest {
  const valueSet = source.valueSet(canonical);
  if (!valueSet) {
    const whole = implicitValueSet(canonical);
    if (whole)
      return (system, code) => (system === undefined || system === whole ? codesOf(whole, source).lookup(code) : NO);
    return () => unknown(`the value set ${canonical} is not available here`);
  }
  return valueSetTest(valueSet, source, terminology);
}

/** The test of a value set that is at hand. */
export function valueSetTest(valueSet: ValueSet, source: DefinitionSource, terminology: Terminology): ValueSetTest {
  const composed = valueSet.compose?.include ? compose(valueSet, source, terminology) : undefined;
  const expanded = valueSet.expansion?.contains ? expansion(valueSet) : undefined;
  if (!composed) return expanded ?? (() => unknown(`the value set ${valueSet.url ?? valueSet.id} has no content here`));
  if (!expanded) return composed;
  return (system, code) => {
    const answer = composed(system, code);
    return answer.kind === 'unknown' ? expanded(system, code) : answer;
  };
}

/** `http://loinc.org/vs` and the like: all codes of a system. */
function implicitValueSet(canonical: string): string | undefined {
  const url = canonical.split('|')[0] ?? '';
  return url.endsWith('?fhir_vs')
    ? url.slice(0, -'?fhir_vs'.length)
    : url === 'http://loinc.org/vs'
      ? 'http://loinc.org'
      : undefined;
}

function compose(valueSet: ValueSet, source: DefinitionSource, terminology: Terminology): ValueSetTest {
  const includes = (valueSet.compose?.include ?? []).map((include) => includeTest(include, source, terminology));
  const excludes = (valueSet.compose?.exclude ?? []).map((include) => includeTest(include, source, terminology));
  const anyInclude = any(includes);
  if (excludes.length === 0) return anyInclude;
  const anyExclude = any(excludes);
  return (system, code) => {
    const included = anyInclude(system, code);
    if (included.kind !== 'yes') return included;
    const excluded = anyExclude(system, code);
    return excluded.kind === 'no' ? included : excluded.kind === 'yes' ? NO : excluded;
  };
}

/** Yes when one says yes; otherwise unknown when one does not know. */
function any(tests: readonly ValueSetTest[]): ValueSetTest {
  if (tests.length === 1 && tests[0]) return tests[0];
  return (system, code) => {
    let answer = NO;
    for (const test of tests) {
      const one = test(system, code);
      if (one.kind === 'yes') return one;
      if (one.kind === 'unknown') answer = one;
    }
    return answer;
  };
}

function includeTest(
  include: ValueSetComposeInclude,
  source: DefinitionSource,
  terminology: Terminology,
): ValueSetTest {
  const parts: ValueSetTest[] = (include.valueSet ?? []).map((canonical) => imported(canonical, terminology));
  if (include.system !== undefined) parts.push(systemTest(include, include.system, source));
  if (parts.length === 1 && parts[0]) return parts[0];
  // A code is included that is in the system part and in every value set.
  return (system, code) => {
    let doubt: Membership | undefined;
    for (const part of parts) {
      const one = part(system, code);
      if (one.kind === 'no') return one;
      if (one.kind === 'unknown') doubt = one;
    }
    return doubt ?? (parts.length > 0 ? YES : NO);
  };
}

function imported(canonical: string, terminology: Terminology): ValueSetTest {
  return (system, code) => {
    if (importing >= DEEPEST_IMPORT) return unknown(`the value set ${canonical} includes itself, or lies too deep`);
    importing++;
    try {
      return terminology.contains(canonical, system, code);
    } finally {
      importing--;
    }
  };
}

function systemTest(include: ValueSetComposeInclude, url: string, source: DefinitionSource): ValueSetTest {
  const versioned = include.version ? `${url}|${include.version}` : url;
  const test = codeTest(include, () => {
    const codes = codesOf(versioned, source);
    return codes.incomplete && include.version ? codesOf(url, source) : codes;
  });
  return (system, code) => (system === undefined || system === url ? test(code) : NO);
}

function codeTest(include: ValueSetComposeInclude, codes: () => Codes): (code: string) => Membership {
  if (include.concept) {
    const listed = new Map(include.concept.map(({ code, display }) => [code, display]));
    return (code) => {
      if (!listed.has(code)) return NO;
      const display = listed.get(code);
      return display === undefined ? YES : { kind: 'yes', display };
    };
  }
  if (include.filter) {
    const filters = include.filter;
    return (code) => {
      const known = codes();
      const found = known.lookup(code);
      if (found.kind !== 'yes') return found;
      const concept = known.concepts?.get(code);
      if (!concept || !known.concepts)
        return unknown(known.incomplete ?? `filters on ${include.system} cannot be checked here`);
      for (const filter of filters) {
        const passes = filterPasses(filter, concept, known.concepts);
        if (passes === undefined)
          return unknown(
            `the filter ${filter.property} ${filter.op} ${filter.value} on ${include.system} cannot be checked here`,
          );
        if (!passes) return NO;
      }
      return found;
    };
  }
  return (code) => codes().lookup(code);
}

/** Whether a concept passes a filter; undefined when this filter is not understood. */
function filterPasses(
  { property, op, value }: ValueSetComposeIncludeFilter,
  concept: Concept,
  concepts: ReadonlyMap<string, Concept>,
): boolean | undefined {
  const values = valuesOf(property, concept);
  switch (op) {
    case 'is-a':
      return isA(concepts, concept.code, value);
    case 'descendent-of':
      return concept.code !== value && isA(concepts, concept.code, value);
    case 'is-not-a':
      return !isA(concepts, concept.code, value);
    case 'generalizes':
      return isA(concepts, value, concept.code);
    case '=':
      return values.includes(value);
    case 'in':
      return value.split(',').some((one) => values.includes(one.trim()));
    case 'not-in':
      return !value.split(',').some((one) => values.includes(one.trim()));
    case 'exists':
      return values.length > 0 === (value === 'true');
    // A pattern of an uploaded value set could run for ever in this process.
    case 'regex':
      return undefined;
    default:
      return undefined;
  }
}

function valuesOf(property: string, concept: Concept): readonly string[] {
  if (property === 'code' || property === 'concept') return [concept.code];
  if (property === 'display') return concept.display === undefined ? [] : [concept.display];
  if (property === 'parent') return concept.parents;
  return (concept.property ?? [])
    .filter(({ code }) => code === property)
    .map((one) =>
      String(
        one.valueCode ??
          one.valueString ??
          one.valueBoolean ??
          one.valueInteger ??
          one.valueCoding?.code ??
          one.valueDecimal ??
          one.valueDateTime ??
          '',
      ),
    );
}

const TOO_COSTLY = 'http://hl7.org/fhir/StructureDefinition/valueset-toocostly';

/** A stored expansion decides what it lists; what it does not list it decides only when it is whole. */
function expansion(valueSet: ValueSet): ValueSetTest {
  const listed = new Map<string, string | undefined>();
  const bare = new Set<string>();
  let count = 0;
  const open: ValueSetExpansionContains[] = [...(valueSet.expansion?.contains ?? [])];
  for (let next = open.pop(); next; next = open.pop()) {
    count++;
    if (next.code !== undefined && !next.abstract) {
      listed.set(`${next.system ?? ''}|${next.code}`, next.display);
      bare.add(next.code);
    }
    open.push(...(next.contains ?? []));
  }
  const { total, extension } = valueSet.expansion ?? {};
  const cut = (total !== undefined && total > count) || extension?.some(({ url }) => url === TOO_COSTLY);
  const absent = cut ? unknown(`only part of the value set ${valueSet.url} is available here`) : NO;
  return (system, code) => {
    if (system === undefined) return bare.has(code) ? YES : absent;
    const key = `${system}|${code}`;
    if (!listed.has(key)) return absent;
    const display = listed.get(key);
    return display === undefined ? YES : { kind: 'yes', display };
  };
}
