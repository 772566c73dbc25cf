/**
 * What becomes of a row of a file: the record that it says, the client that it is about, and whether that is new, changes something or changes
 * nothing. Only reads.
 */
import { createHash } from 'node:crypto';
import { canonical, type Json, same } from '../../../mappings/json.ts';
import type { Base } from '../../../mappings/model.ts';
import type { AnyResource } from '../../../resources/types.ts';
import type { Links } from '../convert.ts';
import type { Lens } from '../lens.ts';
import type { Problem, Row } from '../slot.ts';
import type { FileRow } from './file-table.ts';
import { clientSlot, type Headers, slotsIn } from './header.ts';
import { type Candidate, identifiersOf, type Match, matchClient, nameMark, type Who } from './match.ts';
import { keyIn, rowReader } from './row.ts';
import { noLinks, passedOver, problemsOf, saying, withoutSpellings } from './said.ts';
import type { FhirSide, Write } from './store-port.ts';

/** new, changed, same: what a write would do. ambiguous: nobody can say whose it is. passed: it is of no interest. bad: it cannot be taken. */
export type Fate = 'new' | 'changed' | 'same' | 'ambiguous' | 'passed' | 'bad';

export interface Planned {
  readonly line: number;
  readonly fate: Fate;
  /** What the row says, as far as it can be read. */
  readonly record: Base;
  /** `Patient/7`, where the resource is known. */
  readonly reference?: string;
  /** The client whose row it is, or who it is. */
  readonly client?: string;
  /** By what the client was found: `identifier PV000017`. */
  readonly matchedBy?: string;
  readonly candidates?: readonly Candidate[];
  readonly problems: readonly Problem[];
  readonly write?: Write;
  /** What says who a client is: of two rows with none of these in common, neither is about whom the other is about. */
  readonly marks: readonly string[];
}

export interface PlanOptions {
  readonly lens: Lens;
  readonly lenses: readonly Lens[];
  readonly headers: Headers;
  readonly side: FhirSide;
  /** The resource of a row that a sync of the practice's database knows. */
  readonly idOfRow: (table: string, key: string) => Promise<string | undefined>;
  /** `meta.source` of what is made. */
  readonly source: string;
}

/** Gives the function that plans a row. */
export function planner(options: PlanOptions): (row: FileRow) => Promise<Planned> {
  const { lens, lenses, headers } = options;
  const owner = clientSlot(lens, lenses);
  const read = rowReader(headers, lens, owner?.clients);
  const taken = lens.slots.filter(({ direction }) => direction !== 'push');
  const only = new Set(slotsIn(taken, headers.own).map(({ name }) => name));
  const withoutClient = new Set(only);
  if (owner) {
    only.add(owner.slot.name);
    withoutClient.delete(owner.slot.name);
  }
  const isOfClients = lens.mapping.name === 'Client';

  return async (fileRow) => {
    const { line } = fileRow;
    const nothing = { line, record: {}, marks: [] };
    const askew = problemsOf(fileRow, headers);
    if (askew.length > 0) return { ...nothing, fate: 'bad', problems: askew };
    const { row, ofClient } = read(fileRow);
    const passed = passedOver(row, lens);
    if (passed !== undefined) return { ...nothing, fate: 'passed', problems: [{ reason: passed }] };

    const key = keyIn(row, lens);
    const fault = key === undefined ? undefined : faultOf(key, lens);
    if (fault !== undefined) return { ...nothing, fate: 'bad', problems: [{ reason: fault }] };
    const subject = owner ? await subjectOf(row, ofClient, owner, options) : undefined;
    if (owner && subject?.kind !== 'matched') {
      const { record } = lens.decode({ row }, noLinks, { only: withoutClient });
      return { ...nothing, ...fateWithout(subject, saidBy(row, ofClient, owner)), record };
    }
    const named = owner && subject?.kind === 'matched' ? { ...row, [owner.slot.name]: subject.id } : row;
    const links = await linksOf(named, owner?.slot.name, options);
    const filled = saying(lens.slots, named, only);
    const decode = (only: ReadonlySet<string>, present?: Base) =>
      lens.decode({ row: named }, links, { only, ...(present ? { present } : {}) });

    const alone = decode(filled);
    const who = isOfClients ? await whoIs(alone.record as Who, key, options) : undefined;
    if (who?.kind === 'ambiguous')
      return {
        line,
        fate: 'ambiguous',
        record: alone.record,
        candidates: who.candidates,
        problems: alone.problems,
        marks: [],
      };
    const id = who?.kind === 'matched' ? who.id : await idFor(alone.record, key, options);
    const found = await options.side.read(lens.mapping.type, id);
    const matchedBy = who?.kind === 'matched' ? who.by : subject?.kind === 'matched' ? subject.by : undefined;
    const known = {
      line,
      reference: `${lens.mapping.type}/${id}`,
      ...(subject?.kind === 'matched'
        ? { client: `Patient/${subject.id}` }
        : isOfClients && found
          ? { client: `Patient/${id}` }
          : {}),
      ...(matchedBy === undefined ? {} : { matchedBy }),
      marks: isOfClients ? marksOf(alone.record as Who) : [],
    };
    const before = found && lens.mapping.decode(found.resource);
    const whole = before ? decode(withoutSpellings(filled, lens.slots, alone.record, before), before) : alone;
    const { problems } = whole;
    if (whole.verdict !== 'good') return { ...known, fate: 'bad', record: alone.record, problems };
    const resource = found
      ? lens.mapping.put(found.resource, { ...whole.record, id })
      : made(whole.record, id, options);
    if (found && same(found.resource, resource)) return { ...known, fate: 'same', record: alone.record, problems };
    return {
      ...known,
      fate: found ? 'changed' : 'new',
      record: alone.record,
      problems,
      write: { resource, ...(found ? { ifMatch: found.versionId } : {}) },
    };
  };
}

/** Why a key makes no id. */
function faultOf(key: string, lens: Lens): string | undefined {
  try {
    lens.idOf(key);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What becomes of a row whose client is not found. `by` names what it says of the client. */
function fateWithout(
  subject: Match | undefined,
  by: readonly string[],
): Pick<Planned, 'fate' | 'candidates' | 'problems'> {
  if (subject?.kind === 'ambiguous') return { fate: 'ambiguous', candidates: subject.candidates, problems: [] };
  const reason = by.length === 0 ? 'nothing says who the client is' : `no client is known by ${by.join(', ')}`;
  return { fate: 'bad', problems: [{ reason }] };
}

/** The columns by which a row says who the client is. */
const saidBy = (row: Row, ofClient: Row, { slot }: Owner): readonly string[] => [
  ...(slot.text(row) === undefined ? [] : slot.columns),
  ...Object.keys(ofClient).filter((column) => ofClient[column] !== null),
];

type Owner = NonNullable<ReturnType<typeof clientSlot>>;

/** Whose row it is: by the key of the client, else by the columns that say who a client is. */
async function subjectOf(row: Row, ofClient: Row, { slot, clients }: Owner, options: PlanOptions): Promise<Match> {
  const key = slot.text(row) ?? keyIn(ofClient, clients);
  const byKey = key === undefined ? undefined : await byKeyOf(clients, key, options);
  if (byKey) return byKey;
  const columns = new Set(Object.keys(ofClient));
  const only = new Set(slotsIn(clients.slots, columns).map(({ name }) => name));
  const { record } = clients.decode({ row: ofClient }, noLinks, { only });
  return matchClient(record as Who, options.side.findPatients);
}

/** The client of a row that a sync has taken before, or an import under the same key. */
async function byKeyOf(clients: Lens, key: string, { side, idOfRow }: PlanOptions): Promise<Match | undefined> {
  const id = (await idOfRow(clients.name, key)) ?? clients.idOf(key);
  const found = await side.read('Patient', id);
  return found && { kind: 'matched', id, by: `key ${key}` };
}

async function whoIs(who: Who, key: string | undefined, options: PlanOptions): Promise<Match> {
  const byKey = key === undefined ? undefined : await byKeyOf(options.lens, key, options);
  return byKey ?? matchClient(who, options.side.findPatients);
}

/** The id by the key of the row; of a row without a key by all that it says, so that the same row is the same resource. */
async function idFor(record: Base, key: string | undefined, { lens, idOfRow }: PlanOptions): Promise<string> {
  if (key !== undefined) return (await idOfRow(lens.name, key)) ?? lens.idOf(key);
  return createHash('sha256')
    .update(canonical(['file', lens.name, record]))
    .digest('hex')
    .slice(0, 32);
}

/** The resources that the row refers to. `subject` is the column that holds the id of the client by now. */
async function linksOf(row: Row, subject: string | undefined, { lens, idOfRow }: PlanOptions): Promise<Links> {
  const known = new Map<string, string>();
  for (const slot of lens.slots) {
    const key = slot.ref === undefined ? undefined : slot.text(row);
    if (slot.ref === undefined || key === undefined) continue;
    const id = slot.name === subject ? key : await idOfRow(slot.ref, key);
    if (id !== undefined) known.set(`${slot.ref} ${key}`, id);
  }
  return { idOf: (table, key) => known.get(`${table} ${key}`), keyOf: () => undefined };
}

function made(record: Base, id: string, { lens, source }: PlanOptions): AnyResource {
  const resource = lens.mapping.encode({ ...record, id });
  return { ...resource, meta: { ...(resource as Json & { meta?: object }).meta, source } };
}

/** What two rows about one person have in common, whatever else they say: a number, or family name and first given name. */
function marksOf(who: Who): readonly string[] {
  const name = nameMark(who);
  return [
    ...identifiersOf(who).map(({ system, value }) => `${system}|${value}`),
    ...(name === undefined ? [] : [name]),
  ];
}
