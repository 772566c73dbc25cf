/** Rows to records and records to rows: what the slots of a lens do together, and what becomes of values that are bad. */
import type { Json } from '../../mappings/json.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Base } from '../../mappings/model.ts';
import type { TableBinding } from './binding.ts';
import type { Links } from './convert.ts';
import type { Decoded, DecodeOptions, Joined, Lens, Source } from './lens.ts';
import { keyTextOf, type ListSlot, withList } from './list-slot.ts';
import { compact, type Path, valueAt } from './path.ts';
import { type Problem, placesOf, readInto, type Slot, withConstants, writtenFrom } from './slot.ts';

interface Parts {
  readonly table: TableBinding;
  readonly mapping: Mapping;
  readonly slots: readonly Slot[];
  readonly joins: readonly Joined[];
  readonly lists: readonly ListSlot[];
  readonly constants: readonly (readonly [Path, unknown])[];
}

const all = (): boolean => true;

/** Whether a part is asked for: by its name, or because an item of the same list is, which the places of its items hang on. */
function wanting(slots: readonly Slot[], only: ReadonlySet<string> | undefined): (name: string) => boolean {
  if (!only) return all;
  const places = new Set(slots.filter(({ name }) => only.has(name)).flatMap(placesOf));
  if (places.size === 0) return (name) => only.has(name);
  const together = new Set(
    slots.filter((slot) => placesOf(slot).some((place) => places.has(place))).map(({ name }) => name),
  );
  return (name) => only.has(name) || together.has(name);
}
const silent = (): void => undefined;

/** Both directions of a lens, made of its slots. */
export function directions({ table, mapping, slots, joins, lists, constants }: Parts): Pick<Lens, 'decode' | 'encode'> {
  const policy = table.onBad ?? 'skip-row';

  /** The record as far as it can be read, without judging it. */
  function read(
    { row, joined = {}, lists: rows = {} }: Source,
    links: Links,
    { present, base }: DecodeOptions,
    wants: (name: string) => boolean,
    told: (name: string, slot: Slot | undefined, problem: Problem) => void,
  ): Json {
    const own = slots.filter(({ name }) => wants(name));
    let record = readInto((present ?? {}) as Json, own, row, links, (slot, problem) => told(slot.name, slot, problem));
    for (const { name: join, slots: inner } of joins) {
      const wanted = inner.filter(({ name }) => wants(`${join}.${name}`));
      record = readInto(record, wanted, joined[join] ?? {}, links, (slot, problem) =>
        told(`${join}.${slot.name}`, slot, { ...problem, column: `${join}.${problem.column}` }),
      );
    }
    for (const list of lists.filter(({ name }) => wants(name))) {
      const now = rows[list.name] ?? [];
      const keys = new Set(now.map((each) => keyTextOf(list.keyColumns, each)));
      const gone = (base?.lists?.[list.name] ?? []).filter((each) => !keys.has(keyTextOf(list.keyColumns, each)));
      const items = list.read(valueAt(record, list.path), now, gone, links, (problem) =>
        told(list.name, undefined, problem),
      );
      record = withList(record, list, items);
    }
    return withConstants(compact(record), constants, present === undefined);
  }

  return {
    decode(source, links, options = {}) {
      const problems: Problem[] = [];
      const isBad = new Set<string>();
      let verdict: Decoded['verdict'] = 'good';
      const judge = (slot: Slot | undefined, problem: Problem): void => {
        problems.push(problem);
        const worse = slot?.onBad ?? (slot === undefined && policy === 'skip-row' ? 'leave-out' : policy);
        if (worse === 'stop') verdict = 'stop';
        else if (worse === 'skip-row' && verdict === 'good') verdict = 'bad';
      };
      const wants = wanting(slots, options.only);
      let record = read(source, links, options, wants, (name, slot, problem) => {
        // An item of a list that cannot be read does not take the others with it.
        if (slot) isBad.add(name);
        judge(slot, problem);
      });
      // What the schema says of the record as a whole; what was wrong with the stored one before is not held against the row.
      const before = new Set(options.present ? mapping.check(options.present).map(({ field }) => field) : []);
      const faultsOf = (value: Json) => mapping.check(value).filter(({ field }) => !before.has(field));
      for (const { field, detail } of faultsOf(record)) {
        const slot =
          slotAtField(slots, field) ?? joins.map((join) => slotAtField(join.slots, field)).find((each) => each);
        const join = joins.find((each) => slot && each.slots.includes(slot));
        const name = slot && (join ? `${join.name}.${slot.name}` : slot.name);
        if (name !== undefined && isBad.has(name)) continue;
        const row = join ? (source.joined?.[join.name] ?? {}) : source.row;
        judge(slot, {
          ...(name === undefined ? {} : { column: name }),
          field,
          value: slot?.text(row) ?? null,
          reason: detail,
        });
        if (name !== undefined) isBad.add(name);
      }
      if (verdict === 'good' && isBad.size > 0) {
        record = read(source, links, options, (name) => wants(name) && !isBad.has(name), silent);
        const left = faultsOf(record);
        if (left.length > 0) {
          verdict = 'bad';
          problems.push(
            ...left.map(({ field, detail }) => ({
              field,
              value: null,
              reason: `without what is wrong in the row: ${detail}`,
            })),
          );
        }
      }
      return { record: record as Base, verdict, problems };
    },

    encode(record, source, links, only) {
      const problems: Problem[] = [];
      const wants = wanting(slots, only);
      const base = read(source, links, {}, all, silent);
      const columns = writtenFrom(
        record as Json,
        base,
        slots.filter(({ name }) => wants(name)),
        source.row,
        links,
        (_, problem) => problems.push(problem),
      );
      const joined = Object.fromEntries(
        joins.flatMap((join) => {
          const wanted = join.slots.filter(({ name }) => wants(`${join.name}.${name}`));
          const row = source.joined?.[join.name];
          const changes = writtenFrom(record as Json, base, wanted, row ?? {}, links, (_, problem) =>
            problems.push({ ...problem, column: `${join.name}.${problem.column}` }),
          );
          if (Object.keys(changes).length === 0) return [];
          if (row || join.binding.create) return [[join.name, changes]];
          problems.push({
            column: `${join.name}.${Object.keys(changes)[0]}`,
            reason: `there is no row in ${join.binding.table}, and none is made: create is not set`,
          });
          return [];
        }),
      );
      const edits = Object.fromEntries(
        lists.flatMap((list) => {
          if (!wants(list.name) || list.same(valueAt(record, list.path), valueAt(base, list.path))) return [];
          const made = list.edits(valueAt(record, list.path), source.lists?.[list.name] ?? [], links, (problem) =>
            problems.push(problem),
          );
          return made.length === 0 ? [] : [[list.name, made]];
        }),
      );
      const isEmpty = [columns, joined, edits].every((each) => Object.keys(each).length === 0);
      return { columns, joined, lists: edits, problems, isEmpty };
    },
  };
}

/** The slot whose field an error is about, or lies below or above of. */
function slotAtField(slots: readonly Slot[], field: string): Slot | undefined {
  const plain = (text: string): string => text.replace(/\[[^\]]*\]/g, '');
  const wanted = plain(field);
  const under = (one: string, other: string): boolean => one === other || one.startsWith(`${other}.`);
  return (
    slots.find(({ paths }) => paths.some(({ text }) => plain(text) === wanted)) ??
    slots.find(({ paths }) => paths.some(({ text }) => under(plain(text), wanted)))
  );
}
