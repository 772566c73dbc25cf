/**
 * $closure: a table of how the concepts that a client has met stand to each other, kept here and given out in pieces.
 * https://hl7.org/fhir/R4/conceptmap-operation-closure.html https://hl7.org/fhir/R4/terminology-service.html#closure
 */
import sql, { bulk } from 'sql-template-tag';
import { badValue, invalid, notFound } from '../../../resources/outcome.ts';
import type { AnyResource, Coding, ConceptMap, ConceptMapGroupElement, JsonObject } from '../../../resources/types.ts';
import type { Session } from '../../store/store.ts';
import { requireSystem, type Terminology } from '../../terminology/terminology.ts';
import { defineOperation, type Operation } from '../operation.ts';

interface Row {
  readonly version: number;
  readonly system: string;
  readonly code: string;
}

/** Each new concept is compared with all that are there. */
const MOST_CONCEPTS = 2_000;

/** Marks a table that is there, and the version it has come to while it is empty. */
const MARK: Row = { version: 0, system: '', code: '' };

const isMark = ({ system, code }: Row): boolean => system === '' && code === '';

async function rowsOf(session: Session, name: string): Promise<readonly Row[]> {
  const rows = await session.query<Row>(
    sql`SELECT version, system, code FROM closure WHERE name = ${name} ORDER BY version, system, code`,
  );
  return rows.map((row) => ({ ...row, version: Number(row.version) }));
}

const insert = (session: Session, name: string, rows: readonly Row[]): Promise<void> =>
  session.execute(
    sql`INSERT INTO closure (name, version, system, code) VALUES ${bulk(rows.map(({ version, system, code }) => [name, version, system, code]))}`,
  );

function codingsFrom(concepts: readonly JsonObject[]): readonly Required<Pick<Coding, 'system' | 'code'>>[] {
  return concepts.map(({ system, code }) => {
    if (typeof system === 'string' && typeof code === 'string') return { system, code };
    throw invalid('A concept of $closure has a system and a code', { expression: 'http.concept' });
  });
}

/** The concepts that are not in the table yet, each once. */
function newRows(concepts: readonly JsonObject[], rows: readonly Row[], version: number): readonly Row[] {
  const known = new Set(rows.map(({ system, code }) => `${system}|${code}`));
  const added = new Map(codingsFrom(concepts).map((each) => [`${each.system}|${each.code}`, { version, ...each }]));
  return [...added].flatMap(([key, row]) => (known.has(key) ? [] : [row]));
}

/** Each of `fresh` with those of `all` that subsume it, and those of `all` that it subsumes. */
async function relations(
  fresh: readonly Row[],
  all: readonly Row[],
  terminology: Terminology,
): Promise<ReadonlyMap<string, readonly ConceptMapGroupElement[]>> {
  const groups = new Map<string, ConceptMapGroupElement[]>();
  for (const url of new Set(fresh.map(({ system }) => system))) {
    const system = await requireSystem(terminology, url);
    const codes = (rows: readonly Row[]): ReadonlySet<string> =>
      new Set(rows.filter((row) => row.system === url).map(({ code }) => code));
    const [recent, present] = [codes(fresh), codes(all)];
    const above = new Map<string, Set<string>>();
    for (const code of present)
      for (const ancestor of await system.ancestors(code))
        if (ancestor !== code && present.has(ancestor) && (recent.has(code) || recent.has(ancestor)))
          above.set(code, (above.get(code) ?? new Set<string>()).add(ancestor));
    const elements = [...above].map(([code, ancestors]) => ({
      code,
      target: [...ancestors].map((each) => ({ code: each, equivalence: 'subsumes' as const })),
    }));
    if (elements.length > 0) groups.set(url, elements);
  }
  return groups;
}

export const closureOperation = (terminology: Terminology): Operation =>
  defineOperation(
    {
      code: 'closure',
      canonical: 'http://hl7.org/fhir/OperationDefinition/ConceptMap-closure',
      title: 'Keep a closure table',
      description:
        'With a name alone, a table begins anew. With concepts, they join it, and what they have to do with the others comes back. With a version, all since then comes again.',
      resource: ['ConceptMap'],
      system: true,
      type: false,
      instance: false,
      affectsState: true,
      parameter: {
        name: { type: 'string', min: 1, max: '1', documentation: 'The name of the table' },
        concept: { type: 'Coding', min: 0, max: '*', documentation: 'Concepts that join the table' },
        version: { type: 'string', min: 0, max: '1', documentation: 'Everything after this version comes again' },
      },
      result: { name: 'return', type: 'ConceptMap', documentation: 'From each concept to those that subsume it' },
    },
    async ({ input }, context) => {
      const { name, concept, version } = input;
      if (version !== undefined && !/^\d{1,9}$/.test(version))
        throw badValue(`The parameter version is "${version}"; expected one that $closure gave`, {
          expression: 'http.version',
        });
      // What is not here is said before anything is kept.
      for (const url of new Set(codingsFrom(concept).map(({ system }) => system)))
        await requireSystem(terminology, url);
      const { current, fresh, all } = await context.store.transact(async (session) => {
        await session.serialize([`closure ${name}`]);
        if (concept.length === 0 && version === undefined) {
          await session.execute(sql`DELETE FROM closure WHERE name = ${name}`);
          await insert(session, name, [MARK]);
          return { current: 0, fresh: [], all: [] };
        }
        const rows = await rowsOf(session, name);
        if (rows.length === 0)
          throw notFound(`There is no closure table "${name}"; begin one by $closure with the name alone`, {
            rule: 'closure-unknown',
          });
        const known = rows.filter((row) => !isMark(row));
        const last = known.at(-1)?.version ?? 0;
        const added = newRows(concept, known, last + 1);
        if (known.length + added.length > MOST_CONCEPTS)
          throw invalid(`A closure table has at most ${MOST_CONCEPTS} concepts`, { rule: 'closure-too-large' });
        if (added.length > 0) await insert(session, name, added);
        const since = version === undefined ? [] : known.filter((row) => row.version > Number(version));
        return { current: added.length > 0 ? last + 1 : last, fresh: [...since, ...added], all: [...known, ...added] };
      });
      const groups = await relations(fresh, all, terminology);
      const map: ConceptMap = {
        resourceType: 'ConceptMap',
        name,
        version: String(current),
        status: 'active',
        experimental: true,
        date: new Date().toISOString(),
        ...(groups.size > 0
          ? { group: [...groups].map(([url, element]) => ({ source: url, target: url, element: [...element] })) }
          : {}),
      };
      return { status: 200, body: map as unknown as AnyResource };
    },
  );
