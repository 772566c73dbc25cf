/**
 * Tables between our words and codes of FHIR. A table is one to one, or says by `lossy` what it loses: then several codes are read as one word, and
 * the word is written as the first of them. A stored code stays as it is as long as the word for it does.
 */
import type { Codec } from './codec.ts';
import { isObject, type Json } from './json.ts';

/** A code that stands without its system (`coded`) may be of another one than the table's. */
export type Row<W extends string = string> = readonly [word: W, code: string, display?: string, system?: string];

export interface Table<W extends string = string> {
  /** Also the id of its ConceptMap: `goal-status`. */
  readonly name: string;
  /** The code system of the codes. */
  readonly system: string;
  readonly rows: readonly Row<W>[];
  /** What is lost, where two rows have the same word. */
  readonly lossy?: string;
}

/** @throws Error when a code comes twice, or a word comes twice and nothing is said about it: a fault of the declaration */
export function table<const R extends readonly Row[]>(
  name: string,
  system: string,
  rows: R,
  lossy?: string,
): Table<R[number][0]> {
  const words = new Set(rows.map(([word]) => word));
  const codes = new Set(rows.map(([, code]) => code));
  if (codes.size !== rows.length) throw new Error(`the table ${name} has a code twice`);
  if (words.size !== rows.length && lossy === undefined)
    throw new Error(`the table ${name} has a word twice: say what it loses`);
  return { name, system, rows, ...(lossy === undefined ? {} : { lossy }) };
}

const wordsOf = <W extends string>({ rows }: Table<W>): W[] => [...new Set(rows.map(([word]) => word))];

/** The word for a code; undefined when the table has none. */
export function wordFor<W extends string>({ rows }: Table<W>, code: unknown): W | undefined {
  return rows.find((row) => row[1] === code)?.[0];
}

/** The codes that a word stands for. */
export const codesFor = ({ rows }: Table, word: string): readonly string[] =>
  rows.filter((row) => row[0] === word).map((row) => row[1]);

function rowFor<W extends string>({ name, rows }: Table<W>, word: W): Row<W> {
  const row = rows.find((each) => each[0] === word);
  if (!row) throw new Error(`the table ${name} has no ${word}`);
  return row;
}

/** A code. */
export const coded = <W extends string>(rows: Table<W>): Codec<W> => ({
  decode: (fhir) => wordFor(rows, fhir),
  encode: (word) => rowFor(rows, word)[1],
  schema: { type: 'string', enum: wordsOf(rows) },
  reading: { kind: 'code' },
  form: 'a code',
  table: rows,
});

/** A Coding of the table's system. */
export const coding = <W extends string>(rows: Table<W>): Codec<W> => ({
  decode: (fhir) => (isObject(fhir) && fhir.system === rows.system ? wordFor(rows, fhir.code) : undefined),
  encode: (word) => codingOf(rows, word),
  schema: { type: 'string', enum: wordsOf(rows) },
  reading: { kind: 'coding' },
  form: 'a Coding',
  table: rows,
});

function codingOf<W extends string>(rows: Table<W>, word: W): Json {
  const [, code, display] = rowFor(rows, word);
  return { system: rows.system, code, ...(display === undefined ? {} : { display }) };
}

const codingsOf = (fhir: unknown): readonly Json[] =>
  isObject(fhir) && Array.isArray(fhir.coding) ? fhir.coding.filter(isObject) : [];

/** A CodeableConcept with a coding of the table's system. Another word replaces all its codings: they say the same in other systems. */
export const concept = <W extends string>(rows: Table<W>): Codec<W> => ({
  decode(fhir) {
    for (const { system, code } of codingsOf(fhir)) {
      const word = system === rows.system ? wordFor(rows, code) : undefined;
      if (word !== undefined) return word;
    }
    return undefined;
  },
  encode(word, before) {
    const { text: _, ...kept } = isObject(before) ? before : {};
    return { ...kept, coding: [codingOf(rows, word)] };
  },
  schema: { type: 'string', enum: wordsOf(rows) },
  reading: { kind: 'concept' },
  form: 'a CodeableConcept',
  table: rows,
});

/** A concept of an open list: a code with its system and display, the words of people, or both. */
export interface Concept {
  readonly code?: string;
  readonly system?: string;
  readonly display?: string;
  readonly text?: string;
}

const CONCEPT = ['code', 'system', 'display'] as const;

/** A CodeableConcept by its first coding and its text. A new code replaces all codings; a new text leaves them. */
export const anyConcept: Codec<Concept> = {
  decode(fhir) {
    if (!isObject(fhir)) return undefined;
    const [first = {}] = codingsOf(fhir);
    const result: Record<string, string> = {};
    for (const name of CONCEPT) if (typeof first[name] === 'string') result[name] = first[name];
    if (typeof fhir.text === 'string') result.text = fhir.text;
    return Object.keys(result).length === 0 ? undefined : result;
  },
  encode({ text, ...first }, before) {
    const { text: _, coding: codings, ...kept } = isObject(before) ? before : {};
    const [present = {}] = codingsOf(before);
    const isKept = CONCEPT.every((name) => present[name] === first[name]);
    const written = isKept ? codings : Object.keys(first).length === 0 ? undefined : [first];
    return { ...kept, ...(written === undefined ? {} : { coding: written }), ...(text === undefined ? {} : { text }) };
  },
  schema: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: {
      code: { type: 'string', pattern: '^[^\\s]+( [^\\s]+)*$', description: 'The code' },
      system: {
        type: 'string',
        pattern: '^[^\\s]+$',
        description: 'The code system, by its URL',
        examples: ['https://practice.example/codes'],
      },
      display: { type: 'string', pattern: '\\S', description: 'What the code means, in the words of its system' },
      text: { type: 'string', pattern: '\\S', description: 'What is meant, in the words of people' },
    },
  },
  reading: { kind: 'any-concept' },
  form: 'a CodeableConcept: its first coding and its text',
};
