/** What a concept map says of a code, in either direction. https://hl7.org/fhir/R4/conceptmap.html */
import type { Coding, ConceptMap, ConceptMapGroup } from '../../resources/types.ts';

export interface Translation {
  readonly equivalence: string;
  readonly concept?: Coding;
  /** The canonical of the map that says so. */
  readonly source?: string;
  readonly comment?: string;
}

export interface TranslationOptions {
  readonly reverse: boolean;
  readonly targetSystem?: string;
  /** For groups that pass on to another map what they do not have. */
  readonly mapOf: (canonical: string) => ConceptMap | undefined;
}

/** Maps that pass on to each other end after so many. */
const LONGEST_CHAIN = 10;

export function translations(
  map: ConceptMap,
  coding: Coding,
  options: TranslationOptions,
  depth = 0,
): readonly Translation[] {
  const source = map.url === undefined ? {} : { source: map.url };
  return (map.group ?? []).flatMap((group) => {
    const [from, to] = options.reverse ? [group.target, group.source] : [group.source, group.target];
    if (coding.system !== undefined && from !== undefined && from !== coding.system) return [];
    if (options.targetSystem !== undefined && to !== options.targetSystem) return [];
    const found = options.reverse ? backward(group, coding) : forward(group, coding);
    if (found.length > 0 || options.reverse) return found.map((each) => ({ ...each, ...source }));
    return unmapped(group, coding, options, depth).map((each) => ({ ...source, ...each }));
  });
}

const codingOf = (system: string | undefined, version: string | undefined, code: string, display?: string): Coding => ({
  ...(system ? { system } : {}),
  ...(version ? { version } : {}),
  code,
  ...(display ? { display } : {}),
});

function forward(
  { element, target: system, targetVersion }: ConceptMapGroup,
  { code }: Coding,
): readonly Translation[] {
  return element
    .filter((each) => each.code === code)
    .flatMap(({ target = [] }) => target)
    .map((target) => ({
      equivalence: target.equivalence,
      ...(target.code === undefined ? {} : { concept: codingOf(system, targetVersion, target.code, target.display) }),
      ...(target.comment === undefined ? {} : { comment: target.comment }),
    }));
}

/** Seen from the target, wider is narrower. */
const REVERSED: Readonly<Record<string, string>> = {
  wider: 'narrower',
  narrower: 'wider',
  subsumes: 'specializes',
  specializes: 'subsumes',
};

function backward(
  { element, source: system, sourceVersion }: ConceptMapGroup,
  { code }: Coding,
): readonly Translation[] {
  return element.flatMap((each) =>
    (each.target ?? [])
      .filter((target) => target.code === code && each.code !== undefined)
      .map(({ equivalence, comment }) => ({
        equivalence: REVERSED[equivalence] ?? equivalence,
        concept: codingOf(system, sourceVersion, each.code ?? '', each.display),
        ...(comment === undefined ? {} : { comment }),
      })),
  );
}

function unmapped(
  { unmapped: rule, target, targetVersion }: ConceptMapGroup,
  coding: Coding,
  options: TranslationOptions,
  depth: number,
): readonly Translation[] {
  switch (rule?.mode) {
    case 'provided':
      return [{ equivalence: 'equal', concept: codingOf(target, targetVersion, coding.code ?? '', coding.display) }];
    case 'fixed':
      return rule.code === undefined
        ? []
        : [{ equivalence: 'inexact', concept: codingOf(target, targetVersion, rule.code, rule.display) }];
    case 'other-map': {
      const other = rule.url === undefined || depth >= LONGEST_CHAIN ? undefined : options.mapOf(rule.url);
      return other ? translations(other, coding, options, depth + 1) : [];
    }
    case undefined:
      return [];
  }
}
