/** The rules of R4 search as tables: what is stored, which searches find it and which pass over it. */
import { readFileSync } from 'node:fs';
import type { AnyResource, ResourceType } from '../../resources/types.ts';

/** The base URL that the tables assume. */
export const BASE_URL = 'http://example.org/fhir';

export interface SearchCase {
  /** The part of the specification that says so. */
  readonly section: string;
  readonly type: ResourceType;
  /** `name=value`, not percent-encoded. */
  readonly search: string;
  readonly stored: AnyResource;
  readonly matches: boolean;
}

interface Rule {
  readonly section: string;
  readonly type: ResourceType;
  readonly stored: Readonly<Record<string, unknown>>;
  readonly finds: readonly string[];
  readonly passesOver: readonly string[];
}

export const searchTables = [
  'date-search',
  'number-search',
  'quantity-search',
  'string-search',
  'token-search',
  'reference-search',
  'uri-search',
  'composite-search',
] as const;

/** The cases of one table. */
export function searchCases(table: (typeof searchTables)[number]): readonly SearchCase[] {
  const rules = JSON.parse(readFileSync(`test/spec/${table}.json`, 'utf8')) as readonly Rule[];
  return rules.flatMap(({ section, type, stored, finds, passesOver }) => {
    const resource: AnyResource = { resourceType: type, id: 'stored', ...stored };
    const cases = (searches: readonly string[], matches: boolean) =>
      searches.map((search) => ({ section, type, search, stored: resource, matches }));
    return [...cases(finds, true), ...cases(passesOver, false)];
  });
}
