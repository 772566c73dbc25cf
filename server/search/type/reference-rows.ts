/**
 * The index rows of references: what is referred to, by id and type when it is on this server and as text otherwise, with and without
 * its version. https://hl7.org/fhir/R4/search.html#versions
 */
import { isResourceType, typeNumber } from '../../../resources/definition.ts';
import {
  formatReference,
  type LiteralReference,
  parseCanonical,
  parseReference,
} from '../../../resources/reference.ts';
import type { AnyResource, Reference } from '../../../resources/types.ts';
import { referenceIndex } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { keyText } from './condition.ts';
import type { RowContext, TableRow, TypedValue } from './search-type.ts';
import { tokenRows } from './token-rows.ts';

/** One target as it stands in the index: `type` 0 for a text. */
export interface Target {
  readonly id: string;
  readonly type: number;
}

const text = (id: string): Target => ({ id: keyText(id), type: 0 });

export function referenceRows(value: TypedValue, param: SearchParameter, context: RowContext): readonly TableRow[] {
  // A resource inside another: the first of any Bundle is selected where only that of a document is meant.
  if (isResourceType(value.type) && !param.targets.includes(value.type)) return [];
  const rows = targetsOf(value, context).map(
    ({ id, type }): TableRow => ({ table: referenceIndex, row: [param.number, id, type] }),
  );
  const { identifier } = value.type === 'Reference' ? (value.value as Reference) : {};
  if (!identifier) return rows;
  const tokens = tokenRows({ value: identifier, type: 'Identifier' }, param);
  return [...rows, ...tokens.filter(({ table }) => table.name === 'token_index')];
}

/** A Reference with no text of its own (display or identifier only) has an empty target: there is a value, which nothing finds. */
export function targetsOf({ value, type }: TypedValue, { baseUrl }: RowContext): readonly Target[] {
  if (type === 'Reference') {
    const { reference } = value as Reference;
    return typeof reference === 'string' ? referenceTargets(reference, baseUrl) : [text('')];
  }
  if (isResourceType(type)) {
    const { id } = value as AnyResource;
    return typeof id === 'string' ? [{ id: keyText(id), type: typeNumber(type) }] : [];
  }
  return typeof value === 'string' ? canonicalTargets(value, baseUrl) : [];
}

function referenceTargets(reference: string, baseUrl: string): readonly Target[] {
  const parsed = parseReference(reference);
  if (parsed?.kind !== 'literal') return [text(reference)];
  const { base, version } = parsed;
  if (base === undefined || base === baseUrl) return localTargets(parsed);
  const { version: _, ...current } = parsed;
  return version === undefined ? [text(reference)] : [text(formatReference(current)), text(reference)];
}

function localTargets({ type, id, version }: LiteralReference): readonly Target[] {
  const current = { id, type: typeNumber(type) };
  return version === undefined ? [current] : [current, { ...current, id: `${id}/_history/${version}` }];
}

/** A canonical URL, with and without its version; one that is the address of a resource here is that resource too. */
function canonicalTargets(canonical: string, baseUrl: string): readonly Target[] {
  const { url, version } = parseCanonical(canonical);
  const parsed = parseReference(url);
  const isLocal = parsed?.kind === 'literal' && (parsed.base === undefined || parsed.base === baseUrl);
  return [
    text(url),
    ...(version === undefined ? [] : [text(`${url}|${version}`)]),
    ...(isLocal ? localTargets(parsed) : []),
  ];
}
