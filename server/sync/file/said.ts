/** What of a row counts: what is wrong with it as a row, whether it is of interest, and which parts of the binding it says something about. */
import type { Client, Name } from '../../../mappings/model.ts';
import { fold } from '../../search/type/fold.ts';
import type { Links } from '../convert.ts';
import type { Lens } from '../lens.ts';
import type { Problem, Row, Slot } from '../slot.ts';
import type { FileRow } from './file-table.ts';
import type { Headers } from './header.ts';

/** Nothing is referred to. */
export const noLinks: Links = { idOf: () => undefined, keyOf: () => undefined };

/** What is wrong with cells that count, and with the row as a whole. */
export const problemsOf = ({ problems }: FileRow, { columns }: Headers): readonly Problem[] =>
  problems.flatMap(({ at, reason }): readonly Problem[] => {
    if (at === undefined) return [{ reason }];
    const column = columns[at]?.column;
    return column === undefined ? [] : [{ column, reason }];
  });

/** The parts that the row says something about: an empty cell takes nothing away, unless the binding gives it a meaning. */
export const saying = (slots: readonly Slot[], row: Row, only: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(
    slots
      .filter((slot) => only.has(slot.name))
      .filter((slot) => slot.text(row) !== undefined || slot.decode(row, noLinks)[0] !== undefined)
      .map(({ name }) => name),
  );

const NAMES = ['legalName', 'preferredName'] as const;

/** `only` without names that differ from the stored ones in case, accents and punctuation alone: the stored spelling stays. */
export function withoutSpellings(
  only: ReadonlySet<string>,
  slots: readonly Slot[],
  record: Client,
  before: Client,
): ReadonlySet<string> {
  const alike = NAMES.filter((name) => isSpelledAlike(record[name], before[name]));
  const ofAlike = ({ paths }: Slot): boolean =>
    paths.every(({ text }) => alike.some((name) => text.startsWith(`${name}.`)));
  const left = new Set(slots.filter(ofAlike).map(({ name }) => name));
  return new Set([...only].filter((name) => !left.has(name)));
}

function isSpelledAlike(one: Name | undefined, other: Name | undefined): boolean {
  const words = ({ family = '', given = [] }: Name): string => `${fold(family)}, ${fold(given.join(' '))}`;
  return one !== undefined && other !== undefined && words(one) === words(other);
}

/** Why a row is of no interest; undefined when it is. */
export function passedOver(row: Row, lens: Lens): string | undefined {
  if (lens.isDeleted(row)) return 'the row is marked as deleted; a file deletes nothing';
  for (const [column, wanted] of Object.entries(lens.table.where ?? {})) {
    if (!(column in row)) continue;
    const list = Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted];
    if (!list.some((each) => String(each ?? '') === String(row[column] ?? '')))
      return `the binding is about rows with ${column} ${list.join(' or ')}`;
  }
  return undefined;
}
