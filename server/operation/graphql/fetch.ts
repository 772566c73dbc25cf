/** What one request reads: searches, and resources by id, which are gathered so that fifty references cost one statement. All in scope. */
import { notFound } from '../../../resources/outcome.ts';
import { parseReference } from '../../../resources/reference.ts';
import type { AnyResource, ResourceType } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { MAX_COUNT } from '../../search/limits.ts';
import { parseQuery } from '../../search/parse.ts';
import { restrict } from '../../search/restrict.ts';
import { search } from '../../search/search.ts';
import { keyOf } from '../../store/store.ts';
import { readVisible, requireVisible, resourceIn, searchContextOf } from '../visible.ts';
import { tooCostly } from './error.ts';
import { MAX_RESOURCES, MAX_SEARCHES } from './limits.ts';
import { holds } from './path.ts';
import type { SearchArguments } from './search-arguments.ts';

/** A page of a search. Cursors are tokens of page links, with the offset of their page. */
export interface Found {
  readonly resources: readonly AnyResource[];
  /** How relevant each is, where the search looks for words. */
  readonly scores: readonly (number | undefined)[];
  readonly total?: number;
  /** How many matches come before; not known of the last page. */
  readonly offset?: number;
  /** Matches to a page. */
  readonly size: number;
  readonly cursors: Readonly<Partial<Record<'first' | 'previous' | 'next' | 'last', string>>>;
}

type Waiting = Map<
  string,
  { readonly resolve: (resource: AnyResource | undefined) => void; readonly reject: (error: unknown) => void }
>;

export class Fetch {
  readonly #context: Context;
  readonly #loaded = new Map<string, Promise<AnyResource | undefined>>();
  readonly #waiting = new Map<ResourceType, Waiting>();
  #searches = 0;
  #resources = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** The resource, when it exists and the caller may see it. */
  load(type: ResourceType, id: string): Promise<AnyResource | undefined> {
    const key = keyOf({ type, id });
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const made = new Promise<AnyResource | undefined>((resolve, reject) => {
      if (this.#waiting.size === 0) setImmediate(() => void this.#readWaiting());
      const waiting: Waiting = this.#waiting.get(type) ?? new Map();
      waiting.set(id, { resolve, reject });
      this.#waiting.set(type, waiting);
    });
    this.#loaded.set(key, made);
    return made;
  }

  /** @throws FhirError 404 or 410 */
  async require(type: ResourceType, id: string): Promise<AnyResource> {
    this.#spend(1);
    return resourceIn(await requireVisible(type, id, this.#context));
  }

  async #readWaiting(): Promise<void> {
    const all = [...this.#waiting];
    this.#waiting.clear();
    await Promise.all(all.map(([type, waiting]) => this.#read(type, waiting)));
  }

  async #read(type: ResourceType, waiting: Waiting): Promise<void> {
    const ids = [...waiting.keys()];
    try {
      this.#spend(ids.length);
      for (let from = 0; from < ids.length; from += MAX_COUNT)
        for (const version of await readVisible(type, ids.slice(from, from + MAX_COUNT), this.#context))
          waiting.get(version.id)?.resolve(resourceIn(version));
      for (const { resolve } of waiting.values()) resolve(undefined);
    } catch (error) {
      for (const { reject } of waiting.values()) reject(error);
    }
  }

  /** What a reference leads to: a resource of this server, one of its versions, or one that `root` contains. */
  async resolve(reference: unknown, root: AnyResource): Promise<AnyResource | undefined> {
    const parsed = typeof reference === 'string' ? parseReference(reference) : undefined;
    switch (parsed?.kind) {
      case 'contained':
        return (root.contained as readonly AnyResource[] | undefined)?.find(({ id }) => id === parsed.id);
      case 'literal': {
        const { base, type, id, version } = parsed;
        if (base !== undefined && base !== this.#context.baseUrl) return undefined;
        const current = await this.load(type, id);
        if (!current || version === undefined || current.meta?.versionId === version) return current;
        const past = /^[1-9]\d{0,9}$/.test(version)
          ? await this.#context.reader.vread(type, id, Number(version))
          : undefined;
        return past && past.content !== null ? resourceIn(past) : undefined;
      }
      default:
        return undefined;
    }
  }

  /** The matches; `around` is the resource that a search inside it must refer to. */
  async search(wanted: SearchArguments, wantsTotal: boolean, around: AnyResource | undefined): Promise<Found> {
    this.#searches += 1;
    if (this.#searches > MAX_SEARCHES)
      throw tooCostly(
        `the request makes more than ${MAX_SEARCHES} searches: a search inside a resource runs for each of them`,
      );
    const context = searchContextOf(this.#context);
    const { token, offset } = placeOf(wanted.cursor);
    const parameters =
      token === undefined ? this.#parametersOf(wanted, wantsTotal, around) : ([['_page', token]] as const);
    const request = {
      type: wanted.type,
      query: new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])),
      handling: 'strict',
    } as const;
    const query = parseQuery(request, context);
    const result = await search(restrict(query, this.#context.scope), context);
    this.#spend(result.matches.length);
    if (
      wanted.form === 'list' &&
      wanted.count === undefined &&
      result.links.some(({ relation }) => relation === 'next')
    )
      throw tooCostly(
        `${wanted.type}List has more than ${result.matches.length} matches; ask for fewer (_count, more criteria), or in pages by ${wanted.type}Connection`,
      );
    const cursorOf = (relation: string, at: (offset: number) => number | undefined) => {
      const url = result.links.find((each) => each.relation === relation)?.url;
      const text = url && new URLSearchParams(url.slice(url.indexOf('?'))).get('_page');
      return text ? { [relation]: cursorText(text, offset === undefined ? undefined : at(offset)) } : {};
    };
    const matches = result.matches.length;
    const all = result.matches.map((match, at) => ({ resource: resourceIn(match), score: result.scores?.[at] }));
    const { fhirpath } = wanted;
    const kept =
      fhirpath === undefined
        ? all
        : all.filter(({ resource }) => holds(fhirpath, resource, resource.resourceType, resource));
    return {
      resources: kept.map(({ resource }) => resource),
      scores: kept.map(({ score }) => score),
      ...(result.total === undefined ? {} : { total: result.total }),
      ...(offset === undefined ? {} : { offset }),
      size: query.count,
      cursors: {
        ...cursorOf('first', () => 0),
        ...cursorOf('previous', (at) => Math.max(0, at - query.count)),
        ...cursorOf('next', (at) => at + matches),
        ...cursorOf('last', () => undefined),
      },
    };
  }

  #parametersOf(
    { type, parameters, reference, count, form }: SearchArguments,
    wantsTotal: boolean,
    around: AnyResource | undefined,
  ): readonly (readonly [name: string, value: string])[] {
    const { maximumCount, defaultCount } = this.#context.limits;
    if (count !== undefined && count > maximumCount)
      throw tooCostly(
        `_count=${count} is more than the ${maximumCount} matches that one answer has; ${type}Connection gives them in pages`,
      );
    const refers =
      reference === undefined || !around ? [] : [[reference, `${around.resourceType}/${around.id ?? ''}`] as const];
    const size = count ?? (form === 'list' ? maximumCount : defaultCount);
    return [
      ...parameters,
      ...refers,
      ['_count', String(size)] as const,
      ...(wantsTotal && !parameters.some(([name]) => name === '_total') ? [['_total', 'accurate'] as const] : []),
    ];
  }

  #spend(resources: number): void {
    this.#resources += resources;
    if (this.#resources > MAX_RESOURCES)
      throw tooCostly(
        `the request reads more than ${MAX_RESOURCES} resources; ask for fewer, or in pages (a Connection)`,
      );
  }
}

/** A cursor is a page link's token and, behind a tilde, the offset of the page where it is known. */
const cursorText = (token: string, offset: number | undefined): string =>
  offset === undefined ? token : `${token}~${offset}`;

function placeOf(cursor: string | undefined): { readonly token?: string; readonly offset?: number } {
  if (cursor === undefined) return { offset: 0 };
  const [token = '', offset] = cursor.split('~');
  return { token, ...(offset !== undefined && /^\d{1,15}$/.test(offset) ? { offset: Number(offset) } : {}) };
}

/** Said of a reference that leads nowhere. */
export const unresolved = (reference: unknown) =>
  notFound(
    reference === undefined
      ? 'The reference has no address to be resolved; resource(optional: true) passes over it'
      : `${String(reference)} cannot be resolved; resource(optional: true) passes over it`,
  );
