/**
 * Reference search: by id, by type and id, by absolute or canonical URL, with or without version, or by the identifier that a
 * Reference carries (`:identifier`). https://hl7.org/fhir/R4/search.html#reference
 */
import sql, { join, type Sql } from 'sql-template-tag';
import { isResourceType, resourceTypes, typeNumber } from '../../../resources/definition.ts';
import { isId } from '../../../resources/primitive.ts';
import {
  formatCanonical,
  formatReference,
  type LiteralReference,
  parseCanonical,
  parseReference,
} from '../../../resources/reference.ts';
import type { ResourceType } from '../../../resources/types.ts';
import { referenceIndex, tokenIndex } from '../index-table.ts';
import type { SearchParameter } from '../search-parameter.ts';
import { allOf, anyOf, beginsWith, column, inList, keyText } from './condition.ts';
import { referenceRows } from './reference-rows.ts';
import type { ParseContext, SearchType, SearchValue } from './search-type.ts';
import { type CodeTest, codeTest, testCode, whereCode } from './token.ts';
import { unescapeValue } from './unescape.ts';
import { badSearchValue } from './value-error.ts';

/** A resource of this server: `id`, or `id/_history/version`; of one of the types by number, or of any. */
export interface LocalTarget {
  readonly id: string;
  readonly types: readonly number[] | undefined;
}

export type ReferenceValue = SearchValue & { readonly type: 'reference' } & (
    | { readonly kind: 'any'; readonly types: readonly number[] | undefined }
    /** The resource of this server, or one of the texts: absolute URLs elsewhere, urns, canonical URLs. */
    | { readonly kind: 'to'; readonly local?: LocalTarget; readonly texts: readonly string[] }
    /** A canonical URL whose version begins with this. */
    | { readonly kind: 'below'; readonly canonical: string }
    | ({ readonly kind: 'identifier' } & CodeTest)
  );

export const reference: SearchType<ReferenceValue> = {
  parse(text, modifier, param, context) {
    const plain = unescapeValue(text);
    if (modifier === 'identifier') return { type: 'reference', kind: 'identifier', ...codeTest(text, param) };
    if (modifier === 'below' || modifier === 'above') return versions(modifier, plain, param);
    const type = modifier === undefined ? undefined : targetType(modifier, text, param);
    return { type: 'reference', kind: 'to', ...target(plain, type, param, context) };
  },
  modifiers: (param) => [
    ...(selects(param, 'Reference') ? ['identifier'] : []),
    ...(isCanonical(param) ? ['below', 'above'] : []),
  ],
  rows: referenceRows,
  present: (param) => ({ type: 'reference', kind: 'any', types: aliasTypes(param) }),
  table: ({ kind }) => (kind === 'identifier' ? tokenIndex : referenceIndex),
  test([, first, second], value) {
    switch (value.kind) {
      case 'any':
        return !value.types || value.types.includes(Number(second));
      case 'to':
        return (
          testTarget(String(first), Number(second), value.local) ||
          (second === 0 && value.texts.includes(String(first)))
        );
      case 'below':
        return second === 0 && (first === value.canonical || String(first).startsWith(`${value.canonical}.`));
      case 'identifier':
        return testCode(String(first), String(second), value);
    }
  },
  where(alias, value, { number }): Sql {
    const param = sql`${column(alias, 'param')} = ${number}`;
    const [id, type] = [column(alias, 'target_id'), column(alias, 'target_type')];
    switch (value.kind) {
      case 'any':
        return value.types ? sql`${param} AND ${whereTypes(type, value.types)}` : param;
      case 'to': {
        const { local, texts } = value;
        const targets = [
          ...(local ? [sql`(${id} = ${local.id} AND ${whereTypes(type, local.types)})`] : []),
          ...(texts.length > 0 ? [sql`(${inList(id, texts)} AND ${type} = 0)`] : []),
        ];
        return sql`${param} AND ${anyOf(targets)}`;
      }
      case 'below':
        return sql`${param} AND ${type} = 0 AND ${anyOf([sql`${id} = ${value.canonical}`, beginsWith(id, `${value.canonical}.`)])}`;
      case 'identifier':
        return allOf([param, ...whereCode(alias, value)]);
    }
  },
};

const selects = ({ valueTypes }: SearchParameter, type: string): boolean => !valueTypes || valueTypes.includes(type);
const isCanonical = (param: SearchParameter): boolean => selects(param, 'canonical') || selects(param, 'uri');

/** An alias sees only references to its own targets in the rows of the parameter that it reads. */
const aliasTypes = ({ alias, targets }: SearchParameter): readonly number[] | undefined =>
  alias ? targets.map(typeNumber) : undefined;

const whereTypes = (type: Sql, types: readonly number[] | undefined): Sql =>
  !types ? sql`${type} > 0` : types.length === 1 ? sql`${type} = ${types[0]}` : sql`${type} IN (${join(types)})`;

const testTarget = (id: string, type: number, local: LocalTarget | undefined): boolean =>
  local !== undefined && id === local.id && (local.types ? local.types.includes(type) : type > 0);

/** The modifier `:Patient`. */
function targetType(modifier: string, text: string, param: SearchParameter): ResourceType {
  if (isResourceType(modifier) && param.targets.includes(modifier)) return modifier;
  throw badSearchValue(
    param,
    text,
    `cannot be of type '${modifier}': the parameter refers to ${listed(param.targets)}`,
  );
}

const listed = (targets: readonly ResourceType[]): string =>
  targets.length === resourceTypes().length ? 'any type' : targets.join(', ');

function target(
  text: string,
  type: ResourceType | undefined,
  param: SearchParameter,
  { baseUrl }: ParseContext,
): { local?: LocalTarget; texts: readonly string[] } {
  if (isId(text)) {
    const types = type ? [typeNumber(type)] : aliasTypes(param);
    return { local: { id: text, types }, texts: [] };
  }
  const parsed = parseReference(text);
  switch (parsed?.kind) {
    case 'literal': {
      const texts = parsed.base === undefined || !isCanonical(param) ? [] : [keyText(text)];
      if (parsed.base !== undefined && parsed.base !== baseUrl) return { texts: [keyText(formatReference(parsed))] };
      return { local: localTarget(parsed, type, text, param), texts };
    }
    case 'url':
      return { texts: [keyText(formatCanonical(parseCanonical(text)))] };
    default:
      throw badSearchValue(
        param,
        text,
        `is no reference; accepted are id, type/id, type/id/_history/version and an absolute URL, where the type is ${listed(param.targets)}`,
      );
  }
}

function localTarget(
  { type, id, version }: LiteralReference,
  asked: ResourceType | undefined,
  text: string,
  param: SearchParameter,
): LocalTarget {
  if ((asked && asked !== type) || !param.targets.includes(type))
    throw badSearchValue(
      param,
      text,
      `is a ${type}; the parameter refers to ${listed(asked ? [asked] : param.targets)}`,
    );
  return { id: version === undefined ? id : `${id}/_history/${version}`, types: [typeNumber(type)] };
}

/** `:below=url|1` finds 1, 1.0 and 1.2.3; `:above=url|1.2` finds 1.2 and 1. Without a version any is meant. */
function versions(direction: 'above' | 'below', text: string, param: SearchParameter): ReferenceValue {
  const { url, version } = parseCanonical(text);
  if (!isCanonical(param) || parseReference(url) === undefined)
    throw badSearchValue(
      param,
      text,
      isCanonical(param)
        ? `is no canonical URL; :${direction} compares versions, as in http://acme.com/plan|1.0`
        : `cannot be followed; :${direction} is only known for canonical URLs`,
    );
  if (version === undefined) return { type: 'reference', kind: 'to', texts: [keyText(url)] };
  if (direction === 'below') return { type: 'reference', kind: 'below', canonical: keyText(`${url}|${version}`) };
  const parts = version.split('.');
  const texts = parts.map((_, index) => keyText(`${url}|${parts.slice(0, index + 1).join('.')}`));
  return { type: 'reference', kind: 'to', texts };
}
