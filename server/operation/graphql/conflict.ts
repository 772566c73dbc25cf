/** Names in the answer that two different fields would have. https://spec.graphql.org/October2021/#sec-Field-Selection-Merging */
import type { Issue } from '../../../resources/outcome.ts';
import { issueAt } from './error.ts';
import { type Field, isSameField, type Selection } from './selection.ts';

/**
 * Two fields may share a name in the answer when they are the same; `resource` of different types may too, because one of them at most is
 * there. The first conflict is told.
 */
export function conflictIn(selections: readonly Selection[]): Issue | undefined {
  const seen = new Map<string, readonly Placed[]>();
  for (const each of flat(selections, undefined)) {
    const others = seen.get(each.field.key) ?? [];
    if (others.some(({ field, types }) => overlap(types, each.types) && !isSameField(field, each.field)))
      return issueAt(
        each.field.node,
        'invalid',
        `Two different fields would both be called ${each.field.key} in the answer; give one of them another name, as in other: ${each.field.name}`,
      );
    // Of many that are the same, one is enough to compare with.
    if (!others.some(({ types }) => areSame(types, each.types))) seen.set(each.field.key, [...others, each]);
  }
  return undefined;
}

/** A field and the types that it is read of; all when undefined. */
interface Placed {
  readonly field: Field;
  readonly types: ReadonlySet<string> | undefined;
}

function* flat(selections: readonly Selection[], types: ReadonlySet<string> | undefined): Generator<Placed> {
  for (const each of selections)
    if (each.kind === 'on') yield* flat(each.selections, each.types ?? types);
    else if (!each.shape.flatten) yield { field: each, types };
}

const areSame = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.size === b.size && [...a].every((type) => b.has(type)));

const overlap = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  !a || !b || [...a].some((type) => b.has(type));
