/**
 * A search as a value, between parsing and planning: what is asked of each resource type, in what order, how much of it, and what
 * comes along. https://hl7.org/fhir/R4/search.html
 */
import type { Issue } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Reader, Store, StoredVersion } from '../store/store.ts';
import type { ContainedSearch } from './contained.ts';
import type { Counts } from './count.ts';
import type { Expression } from './expression.ts';
import type { Score } from './score.ts';
import type { SearchParameter } from './search-parameter.ts';
import type { Terminology } from './type/search-type.ts';

/** What is asked of one resource type. Parameters are numbered for each type, so every type has its own expression and sort keys. */
export interface TypeQuery {
  readonly type: ResourceType;
  readonly expression: Expression;
  /** The parameters of `Query.sort` for this type, in its order; undefined stands for `_score`. */
  readonly sort: readonly (SearchParameter | undefined)[];
  /** What makes one match more relevant than another; absent where nothing that was asked does. */
  readonly score?: Score;
}

export interface SortKey {
  readonly code: string;
  readonly descending: boolean;
}

/** One `_include` or `_revinclude`: resources of `source` refer by `param` to resources of `targets`. */
export interface Include {
  readonly direction: 'forward' | 'reverse';
  /** As it was sent: `Observation:subject:Patient`. */
  readonly text: string;
  readonly iterate: boolean;
  readonly links: readonly IncludeLink[];
}

export interface IncludeLink {
  readonly source: ResourceType;
  readonly param: SearchParameter;
  /** The types that may come along; never empty. */
  readonly targets: readonly ResourceType[];
}

export type Summary = 'true' | 'text' | 'data' | 'count' | 'false';

/** A place between two matches: the sort keys of a match, then its rid. The walk goes on after it, or before it. */
export interface Cursor {
  readonly keys: readonly (string | number | null)[];
  readonly rid: number;
}

/** Where a page lies in the walk that the first page began. */
export interface Page {
  /** The walk is over what existed at this transaction, in the state it had then. */
  readonly tx: number;
  /** Transactions after `tx` that the first page saw too. */
  readonly beyond?: readonly number[];
  /** Matches after `cursor`, or before it; without a cursor from the beginning, or from the end. */
  readonly direction: 'forward' | 'backward';
  readonly cursor?: Cursor;
  /** Set when the includes of this page did not fit into one answer: the answer holds those after this rid, and no matches. */
  readonly includesAfter?: number;
  /** The order that the first page chose where the search has no `_sort`; absent for the order of creation. */
  readonly order?: readonly SortKey[];
  /** The total that the first page counted. */
  readonly total?: number;
}

export interface Query {
  /** The path that was searched, relative to the base: `Patient`, `Patient/1/CarePlan`, empty for the whole system. */
  readonly path: string;
  /** The type and the compartment of the path. */
  readonly context: Pick<SearchRequest, 'type' | 'compartment'>;
  /** The types that are searched, in alphabetical order; empty when no type can match. */
  readonly types: readonly TypeQuery[];
  readonly sort: readonly SortKey[];
  readonly includes: readonly Include[];
  /** Matches to a page; 0 asks for the total only. */
  readonly count: number;
  /** Absent: not asked for; it is given when it costs nothing. */
  readonly total?: 'none' | 'estimate' | 'accurate';
  readonly summary: Summary;
  /** Names of root elements; empty when all are wanted. */
  readonly elements: readonly string[];
  /** The parameters that were carried out, in their order, as name and value: they make the self link. */
  readonly applied: readonly (readonly [name: string, value: string])[];
  /** Set when the search looks into containers. */
  readonly contained?: ContainedSearch;
  /** Set when the request is a further page of an earlier search. */
  readonly page?: Page;
  /** Warnings and information for the outcome entry of the Bundle; what `handling=lenient` left out is here. */
  readonly issues: readonly Issue[];
}

/** The search parameters in force, by resource type. */
export interface SearchParameters {
  /** The parameter `code` of `type`, the common ones (`_id`, `_tag`) included; undefined when there is none. */
  get(type: ResourceType, code: string): SearchParameter | undefined;
  /** All parameters of a type, in alphabetical order of their codes. */
  of(type: ResourceType): readonly SearchParameter[];
}

/** A compartment in the path: `Patient/1/CarePlan`, or `Patient/1/*` when the request names no type. */
export interface Compartment {
  readonly type: ResourceType;
  readonly id: string;
}

/** A search as it came in. */
export interface SearchRequest {
  /** Absent: the whole system (or the whole compartment), narrowed by `_type`. */
  readonly type?: ResourceType;
  readonly compartment?: Compartment;
  /** Of the URL and, for `POST _search`, of the body. */
  readonly query: URLSearchParams;
  /** `strict`: whatever cannot be carried out is an error. `lenient`: it is left out and reported. */
  readonly handling: 'strict' | 'lenient';
}

/** What a search needs from its surroundings. */
export interface SearchContext {
  /** The store, or the session of a transaction. */
  readonly reader: Reader;
  readonly dialect: Store['dialect'];
  readonly parameters: SearchParameters;
  /** The base URL of this server, without a slash at its end. */
  readonly baseUrl: string;
  /** How common values are; absent: asked of the reader. */
  readonly counts?: Counts;
  /** For `:in`, `:above` and `:below`; without it they are refused in words. */
  readonly terminology?: Terminology;
  /** How many changed resources a page puts back as they were; absent: MAX_CHANGED. */
  readonly maxChanged?: number;
  /** 32 bytes that all processes of the server share and keep: page links are sealed with it. */
  readonly pageKey: Uint8Array;
}

export interface SearchLink {
  readonly relation: 'self' | 'first' | 'previous' | 'next' | 'last' | 'related';
  /** Relative to the base: `Patient?name=maria`. */
  readonly url: string;
}

export interface SearchResult {
  /** The matches of this page, in order. */
  readonly matches: readonly StoredVersion[];
  /** How relevant each match is, in their order, 1 at best; absent when the search asks for nothing of which one can have more. */
  readonly scores?: readonly (number | undefined)[];
  readonly includes: readonly StoredVersion[];
  /** How many match in all, when that was asked for or is known anyway. */
  readonly total?: number;
  readonly links: readonly SearchLink[];
  /** For the outcome entry of the Bundle (`search.mode` outcome); empty when there is nothing to say. */
  readonly issues: readonly Issue[];
}
