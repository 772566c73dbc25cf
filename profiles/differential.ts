/**
 * StructureDefinition -> ProfileAssertion: the differentials of a profile and of all profiles that it derives from, laid over each other
 * by element and slice. A profile that ships a snapshot only is read from that. https://hl7.org/fhir/R4/profiling.html
 */
import { typeDefinition } from '../resources/definition.ts';
import type { ElementDefinition, StructureDefinition } from '../resources/types.ts';
import type { ElementAssertion, ProfileAssertion, SlicingAssertion } from './assertion.ts';
import { type Step, stepsOf } from './element-path.ts';
import { type ElementRules, rulesOf } from './element-rules.ts';
import type { DefinitionSource } from './source.ts';

// Longer chains of profiles do not exist; a cycle does in hostile input.
const LONGEST_CHAIN = 30;
// Far more than any profile has: elements in one tree, what profiles of types bring included, and steps in one path.
const MOST_ELEMENTS = 20_000;
const LONGEST_PATH = 40;

interface Draft {
  readonly id: string;
  readonly name: string;
  readonly sliceName?: string;
  /** The FHIR types that a value here can have. */
  types: readonly string[];
  rules: ElementRules;
  slicing?: SlicingAssertion;
  /** What the profile of its type says is in. */
  adopted?: boolean;
  readonly slices: Map<string, Draft>;
  readonly children: Map<string, Draft>;
}

/**
 * What a constraint profile asserts. The definitions that it derives from come from `source`; `within` are the profiles that are being read
 * because this one profiles an element of theirs.
 */
export function profileAssertion(
  definition: StructureDefinition,
  source: DefinitionSource,
  within: readonly string[] = [],
  budget: Budget = { left: MOST_ELEMENTS },
): ProfileAssertion {
  const problems: string[] = [];
  const chain = derivation(definition, source, problems);
  const type = definition.type;
  const root = draft(type, type, [type]);
  for (const profile of chain) {
    const elements = profile.differential?.element ?? profile.snapshot?.element ?? [];
    const steps = stepsOf(elements);
    for (const [at, element] of elements.entries()) {
      const path = steps[at];
      if (!path) {
        problems.push(`element ${at} of ${profile.url} has no path`);
        continue;
      }
      const target = descend(root, path, { source, within: [...within, definition.url], problems, budget });
      if (target) apply(target, element, path.length === 0);
    }
  }
  return {
    url: definition.url,
    ...(definition.version ? { version: definition.version } : {}),
    type,
    root: finished(root),
    problems,
  };
}

/** A definition of a type has the URL of that type; any other that names an R4 type constrains it, whatever it says of its derivation. */
export const isProfile = ({ url, type, derivation }: StructureDefinition): boolean =>
  derivation === 'constraint' ||
  (typeDefinition(type) !== undefined && url !== `http://hl7.org/fhir/StructureDefinition/${type}`);

/** The profile and those it derives from, the most general first, without the base type. */
function derivation(
  definition: StructureDefinition,
  source: DefinitionSource,
  problems: string[],
): readonly StructureDefinition[] {
  const chain: StructureDefinition[] = [];
  for (let next: StructureDefinition | undefined = definition; next && isProfile(next); ) {
    if (chain.includes(next) || chain.length >= LONGEST_CHAIN) {
      problems.push(`${definition.url} derives from itself`);
      break;
    }
    chain.unshift(next);
    const base: string | undefined = next.baseDefinition;
    const found: StructureDefinition | undefined = base === undefined ? undefined : source.structureDefinition(base);
    if (!found)
      problems.push(
        base === undefined
          ? `${next.url} has no baseDefinition`
          : `the base definition ${base} of ${next.url} is not known`,
      );
    next = found;
  }
  return chain;
}

const draft = (id: string, name: string, types: readonly string[], sliceName?: string): Draft => ({
  id,
  name,
  types,
  rules: {},
  slices: new Map(),
  children: new Map(),
  ...(sliceName === undefined ? {} : { sliceName }),
});

/** The draft of an element by its steps, made when it is not there yet. */
function descend(root: Draft, path: readonly Step[], reading: Reading): Draft | undefined {
  if (path.length > LONGEST_PATH || --reading.budget.left < 0) {
    reading.problems.push(`${root.id} is too large or too deep to be read whole`);
    return undefined;
  }
  let at = root;
  for (const { name, slice } of path) {
    adoptTypeProfile(at, reading);
    const child = childDraft(at, name);
    if (!child) {
      reading.problems.push(`${at.id} has no element ${name}`);
      return undefined;
    }
    at = slice === undefined || child.sliceName === slice ? child : sliceDraft(child, slice);
  }
  return at;
}

interface Reading {
  readonly source: DefinitionSource;
  readonly within: readonly string[];
  readonly problems: string[];
  readonly budget: Budget;
}

/** How many more elements may be made. */
interface Budget {
  left: number;
}

/** An element whose one type has one profile begins with what that profile says, when a differential goes on below it. */
function adoptTypeProfile(at: Draft, { source, within, budget }: Reading): void {
  const [type, ...others] = at.rules.types ?? [];
  const [canonical, ...more] = type?.profiles ?? [];
  if (at.adopted || canonical === undefined || others.length > 0 || more.length > 0 || within.includes(canonical))
    return;
  at.adopted = true;
  const definition = source.structureDefinition(canonical);
  if (definition && isProfile(definition)) adopt(at, profileAssertion(definition, source, within, budget).root, budget);
}

function adopt(target: Draft, { children, slices, slicing }: ElementAssertion, budget: Budget): void {
  for (const child of children ?? []) {
    const made = --budget.left < 0 ? undefined : childDraft(target, child.name);
    if (made) overlay(made, child, budget);
  }
  for (const slice of slices ?? [])
    if (--budget.left >= 0) overlay(sliceDraft(target, slice.sliceName ?? ''), slice, budget);
  if (slicing) target.slicing ??= slicing;
}

function overlay(made: Draft, assertion: ElementAssertion, budget: Budget): void {
  const { id, name, sliceName, slicing, slices, children, ...rules } = assertion;
  made.rules = { ...rules, ...made.rules };
  if (rules.types && !made.types.some((type) => type.includes('.'))) made.types = rules.types.map(({ code }) => code);
  adopt(made, assertion, budget);
}

function childDraft(parent: Draft, name: string): Draft | undefined {
  const plain = name.endsWith('[x]') ? name.slice(0, -3) : name;
  const known = parent.children.get(plain);
  if (known) return known;
  for (const type of parent.types) {
    const definition = typeDefinition(type);
    const element = definition?.elements.find((each) => each.name === plain);
    if (element) {
      const made = draft(`${parent.id}.${plain}${element.choice ? '[x]' : ''}`, plain, element.types);
      parent.children.set(plain, made);
      return made;
    }
    // `valueQuantity` in a differential stands for the slice of `value[x]` of that type.
    const chosen = definition?.properties.get(plain);
    if (chosen?.element.choice) {
      const choice = childDraft(parent, chosen.element.name);
      if (!choice) return undefined;
      const slice = sliceDraft(choice, plain);
      slice.types = [chosen.type];
      slice.rules = { types: [{ code: chosen.type }], ...slice.rules };
      return slice;
    }
  }
  // Types that a profile cannot narrow by name (Resource of another profile): the element is looked for in the instance.
  if (parent.types.some((type) => OPEN_TYPES.has(type))) {
    const made = draft(`${parent.id}.${plain}`, plain, []);
    parent.children.set(plain, made);
    return made;
  }
  if (parent.types.length === 0) {
    const made = draft(`${parent.id}.${plain}`, plain, []);
    parent.children.set(plain, made);
    return made;
  }
  return undefined;
}

const OPEN_TYPES = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement']);

/** `mrn`, or `mrn/local` for the slice `local` within the slice `mrn`. */
function sliceDraft(element: Draft, name: string): Draft {
  let at = element;
  let prefix = '';
  for (const part of name.split('/')) {
    prefix = prefix === '' ? part : `${prefix}/${part}`;
    let next = at.slices.get(prefix);
    if (!next) {
      next = draft(`${element.id.replace(/:[^.]*$/, '')}:${prefix}`, element.name, element.types, prefix);
      at.slices.set(prefix, next);
    }
    at = next;
  }
  return at;
}

function apply(target: Draft, element: ElementDefinition, isRoot: boolean): void {
  const rules = rulesOf(element, target.types, target.name);
  const constraints = [
    ...(target.rules.constraints ?? []).filter(({ key }) => !rules.constraints?.some((one) => one.key === key)),
    ...(rules.constraints ?? []),
  ];
  target.rules = { ...target.rules, ...rules, ...(constraints.length > 0 ? { constraints } : {}) };
  // A root states its cardinality for whoever uses the profile as a type: it says nothing about the instance.
  if (isRoot) target.rules = { ...target.rules, min: undefined, max: undefined, types: undefined };
  else if (rules.types && !target.types.some((type) => type.includes('.')))
    target.types = rules.types.map(({ code }) => code);
  if (element.slicing) {
    target.slicing = {
      discriminators: (element.slicing.discriminator ?? target.slicing?.discriminators ?? []).map(({ type, path }) => ({
        type,
        path,
      })),
      rules: element.slicing.rules ?? 'open',
      ordered: element.slicing.ordered ?? false,
    };
  }
}

function finished(from: Draft): ElementAssertion {
  const { id, name, sliceName, rules } = from;
  const children = [...from.children.values()].map(finished);
  const slices = [...from.slices.values()].map(finished);
  const slicing = from.slicing ?? (slices.length > 0 ? implicitSlicing(from) : undefined);
  return {
    id,
    name,
    ...(sliceName === undefined ? {} : { sliceName }),
    ...(JSON.parse(JSON.stringify(rules)) as ElementRules),
    ...(slicing ? { slicing } : {}),
    ...(slices.length > 0 ? { slices } : {}),
    ...(children.length > 0 ? { children } : {}),
  };
}

/** Extensions are sliced by url and choices by type without a word; other slices without slicing cannot be told apart. */
function implicitSlicing({ id, name }: Draft): SlicingAssertion | undefined {
  const discriminators =
    name === 'extension' || name === 'modifierExtension'
      ? [{ type: 'value', path: 'url' } as const]
      : id.replace(/:[^.]*$/, '').endsWith('[x]')
        ? [{ type: 'type', path: '$this' } as const]
        : undefined;
  return discriminators ? { discriminators, rules: 'open', ordered: false } : undefined;
}
