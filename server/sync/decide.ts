/**
 * What to do about a row and its resource, of which either may have changed since both were in step: nothing, carry over one way or both, or leave it
 * to people. Pure; a three-way comparison by parts, with what the row held then as the third.
 */
import { same } from '../../mappings/json.ts';
import type { Base } from '../../mappings/model.ts';
import type { Links } from './convert.ts';
import type { Lens, Part, Source } from './lens.ts';
import type { Problem } from './slot.ts';

/** A row, its resource, and what they were. */
export interface Meeting {
  /** The row; undefined when it is gone. */
  readonly now: Source | undefined;
  /** Its snapshot; null when it is gone. */
  readonly text: string | null;
  /** The record of the resource; undefined when it is deleted or was never there. */
  readonly ours: Base | undefined;
  /** Of the resource, tombstones included; 0 when it was never there. */
  readonly version: number;
  /** Undefined for a row that was not seen before. */
  readonly known?: Known | undefined;
}

export interface Known {
  readonly text: string | null;
  readonly version: number;
  /** What the row held; undefined when it was not there or the binding was another. */
  readonly base: Source | undefined;
}

export type Names = ReadonlySet<string>;

export interface ConflictPart {
  readonly part: string;
  readonly fields: readonly string[];
  /** What was the same on both sides; absent where that is not known. */
  readonly before?: unknown;
  readonly theirs?: unknown;
  readonly ours?: unknown;
}

/** Both sides have changed. `kind` says whether one of them is gone. */
export interface Conflict {
  readonly kind: 'changed' | 'row-deleted' | 'resource-deleted';
  readonly parts: readonly ConflictPart[];
}

/** What the practice did not take: it is tried again with each push. */
export interface Refused {
  readonly kind: 'refused';
  readonly reasons: readonly string[];
}

/** Why a row is not in step, as it is remembered. */
export type Waiting = Conflict | Refused;

export type Decision =
  | { readonly kind: 'same' }
  /** Nothing to carry over; what is remembered is out of date. */
  | { readonly kind: 'settle' }
  | { readonly kind: 'carry'; readonly toFhir: Names; readonly toRow: Names }
  | { readonly kind: 'create-resource' }
  | { readonly kind: 'delete-resource' }
  | { readonly kind: 'delete-row' }
  | { readonly kind: 'conflict'; readonly conflict: Conflict }
  | { readonly kind: 'bad'; readonly problems: readonly Problem[]; readonly stops: boolean };

const NONE: Names = new Set();
const settle: Decision = { kind: 'settle' };

const namesOf = (parts: readonly Part[]): Names => new Set(parts.map(({ name }) => name));

export function decide(lens: Lens, meeting: Meeting, links: Links): Decision {
  const { now, text, ours, version, known } = meeting;
  const isThere = now !== undefined && !lens.isDeleted(now.row);
  if (!known) {
    if (!isThere) return { kind: 'same' };
    return ours ? firstMet(lens, now, ours, links) : { kind: 'create-resource' };
  }
  const rowChanged = text !== known.text;
  const resourceChanged = version !== known.version;
  if (!rowChanged && !resourceChanged) return { kind: 'same' };
  const direction = lens.table.direction ?? 'both';
  if (!isThere) {
    if (!ours) return settle;
    if (direction === 'push') return settle;
    const wasThere = known.text !== null && !(known.base && lens.isDeleted(known.base.row));
    return wasThere && !resourceChanged ? { kind: 'delete-resource' } : gone(lens, 'row-deleted', meeting, links);
  }
  if (!ours) {
    const wasThere = known.text !== null && !(known.base && lens.isDeleted(known.base.row));
    if (!wasThere) return { kind: 'create-resource' };
    if (rowChanged) return gone(lens, 'resource-deleted', meeting, links);
    return direction === 'pull' ? settle : { kind: 'delete-row' };
  }
  return changed(lens, now, ours, { known, rowChanged, resourceChanged }, links);
}

/** Row and resource are there, and nobody knows whether they ever were in step. What only one of them says is no conflict. */
function firstMet(lens: Lens, now: Source, ours: Base, links: Links): Decision {
  const theirs = lens.decode(now, links);
  if (theirs.verdict !== 'good') return { kind: 'bad', problems: theirs.problems, stops: theirs.verdict === 'stop' };
  const different = lens.parts.filter((part) => !part.same(theirs.record, ours));
  const said = (part: Part, record: Base): boolean => part.valueIn(record) !== undefined;
  const clashing = different.filter((part) => said(part, theirs.record) && said(part, ours));
  if (clashing.length > 0) return conflictOf('changed', different, undefined, theirs.record, ours);
  const toFhir = namesOf(different.filter((part) => said(part, theirs.record) && part.direction !== 'push'));
  const toRow = namesOf(different.filter((part) => said(part, ours) && part.direction !== 'pull'));
  return toFhir.size + toRow.size === 0 ? settle : { kind: 'carry', toFhir, toRow };
}

interface Changes {
  readonly known: Known;
  readonly rowChanged: boolean;
  readonly resourceChanged: boolean;
}

function changed(
  lens: Lens,
  now: Source,
  ours: Base,
  { known, rowChanged, resourceChanged }: Changes,
  links: Links,
): Decision {
  const { base } = known;
  const theirs = lens.decode(now, links);
  if (rowChanged && theirs.verdict !== 'good')
    return { kind: 'bad', problems: theirs.problems, stops: theirs.verdict === 'stop' };
  // The binding is another than it was: what has changed cannot be told, and what differs is looked at.
  if (!base && resourceChanged) return firstMet(lens, now, ours, links);
  const before = base && lens.decode(base, links).record;
  const pulled = lens.parts.filter((part) => part.direction !== 'push');
  const rowParts = pulled.filter(
    (part) => rowChanged && (!base || !same(part.held(now), part.held(base))) && !part.same(theirs.record, ours),
  );
  const resourceParts = lens.parts.filter(
    (part) => resourceChanged && before !== undefined && part.direction !== 'pull' && !part.same(before, ours),
  );
  const inResource = new Set(resourceParts);
  // What both have come to alike is settled: it differs from neither.
  const toRow = resourceParts.filter((part) => !part.same(theirs.record, ours));
  const toFhir = rowParts;
  const overlap = toFhir.filter((part) => inResource.has(part));
  if (toFhir.length + toRow.length === 0) return settle;
  if (toFhir.length === 0 || toRow.length === 0)
    return { kind: 'carry', toFhir: namesOf(toFhir), toRow: namesOf(toRow) };
  const policy = lens.table.conflict ?? 'report';
  const without = (parts: readonly Part[]): Names => namesOf(parts.filter((part) => !overlap.includes(part)));
  switch (policy) {
    case 'report':
      return conflictOf('changed', [...new Set([...toFhir, ...toRow])], before, theirs.record, ours);
    case 'by-field':
      return overlap.length === 0
        ? { kind: 'carry', toFhir: namesOf(toFhir), toRow: namesOf(toRow) }
        : conflictOf('changed', [...new Set([...toFhir, ...toRow])], before, theirs.record, ours);
    case 'theirs':
      return { kind: 'carry', toFhir: namesOf(toFhir), toRow: without(toRow) };
    case 'ours':
      return { kind: 'carry', toFhir: without(toFhir), toRow: namesOf(toRow) };
  }
}

function conflictOf(
  kind: Conflict['kind'],
  parts: readonly Part[],
  before: Base | undefined,
  theirs: Base | undefined,
  ours: Base | undefined,
): Decision {
  const told = (record: Base | undefined, part: Part): unknown => (record ? (part.valueIn(record) ?? null) : undefined);
  const all = parts.map((part): ConflictPart => {
    const values = { before: told(before, part), theirs: told(theirs, part), ours: told(ours, part) };
    return {
      part: part.name,
      fields: part.fields,
      ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    };
  });
  return { kind: 'conflict', conflict: { kind, parts: all } };
}

/** One side is gone and the other has changed. */
function gone(
  lens: Lens,
  kind: 'row-deleted' | 'resource-deleted',
  { now, ours, known }: Meeting,
  links: Links,
): Decision {
  const before = known?.base && lens.decode(known.base, links).record;
  const theirs = kind === 'row-deleted' || !now ? undefined : lens.decode(now, links).record;
  const there = theirs ?? ours;
  const parts = lens.parts.filter((part) => there && (!before || !part.same(before, there)));
  return conflictOf(kind, parts, before, theirs, kind === 'resource-deleted' ? undefined : ours);
}

/** A decision of people on a conflict: the parts that the row decides; the others are the resource's. */
export function decided(lens: Lens, conflict: Conflict, theirs: Names): Decision {
  const all = conflict.parts.map(({ part }) => part);
  const rowWins = all.filter((part) => theirs.has(part));
  switch (conflict.kind) {
    case 'changed': {
      const toRow = all.filter(
        (part) => !theirs.has(part) && lens.parts.find(({ name }) => name === part)?.direction !== 'pull',
      );
      return { kind: 'carry', toFhir: new Set(rowWins), toRow: toRow.length === 0 ? NONE : new Set(toRow) };
    }
    case 'row-deleted':
      return theirs.size > 0 ? { kind: 'delete-resource' } : settle;
    case 'resource-deleted':
      return theirs.size > 0 ? { kind: 'create-resource' } : { kind: 'delete-row' };
  }
}
