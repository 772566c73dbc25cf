/** Values as people read them: what a concept is called, every two weeks, below 5. Undefined for what has no short form. */
import type {
  Annotation,
  CodeableConcept,
  Coding,
  HumanName,
  Identifier,
  Period,
  Quantity,
  Range,
  Reference,
  Timing,
} from '../../../resources/types.ts';

/** What a reference is called: `Goal/1` gives "Walk 20 minutes a day". */
export type Names = ReadonlyMap<string, string>;

const LONGEST = 200;
const UNITS: Readonly<Record<string, string>> = {
  h: 'hour',
  d: 'day',
  wk: 'week',
  mo: 'month',
  a: 'year',
  min: 'minute',
};

const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)} ...` : text);

const nameOfCoding = ({ display, code }: Coding): string | undefined => display ?? code;

export const nameOfConcept = ({ text, coding = [] }: CodeableConcept): string | undefined =>
  text ?? coding.map(nameOfCoding).find((each) => each !== undefined);

export const nameOfPerson = ({ text, prefix = [], given = [], family }: HumanName): string =>
  text ?? [...prefix, ...given, family].filter((each) => each !== undefined).join(' ');

export function nameOfReference({ reference, display, identifier }: Reference, names: Names): string | undefined {
  const known = reference === undefined ? undefined : names.get(reference.replace(/\/_history\/.*$/, ''));
  return known ?? display ?? reference ?? identifier?.value;
}

const quantity = ({ comparator, value, unit, code }: Quantity): string | undefined => {
  const name = unit ?? code;
  // A score has no unit that people say.
  const parts = [comparator, value, name === '{score}' ? undefined : name];
  return value === undefined ? undefined : parts.filter((each) => each !== undefined).join(' ');
};

const period = ({ start, end }: Period): string =>
  start && end ? `${start} to ${end}` : start ? `${start} on` : `until ${end ?? 'nobody knows when'}`;

function timing({ repeat, code, event = [] }: Timing): string | undefined {
  if (code) return nameOfConcept(code);
  if (!repeat?.period || !repeat.periodUnit) return event.length > 0 ? event.join(', ') : undefined;
  const unit = UNITS[repeat.periodUnit] ?? repeat.periodUnit;
  const every = repeat.period === 1 ? `every ${unit}` : `every ${repeat.period} ${unit}s`;
  return (repeat.frequency ?? 1) === 1 ? every : `${repeat.frequency} times ${every}`;
}

/** @param type of FHIR: `CodeableConcept`, `date` */
export function shown(value: unknown, type: string, names: Names): string | undefined {
  if (typeof value === 'string') return short(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  switch (type) {
    case 'CodeableConcept':
      return nameOfConcept(value as CodeableConcept);
    case 'Coding':
      return nameOfCoding(value as Coding);
    case 'Reference':
      return nameOfReference(value as Reference, names);
    case 'Quantity':
    case 'Age':
    case 'Duration':
      return quantity(value as Quantity);
    case 'Range':
      return [(value as Range).low, (value as Range).high].map((each) => (each ? quantity(each) : '...')).join(' to ');
    case 'Period':
      return period(value as Period);
    case 'Timing':
      return timing(value as Timing);
    case 'Annotation':
      return short((value as Annotation).text);
    case 'HumanName':
      return nameOfPerson(value as HumanName);
    case 'Identifier':
      return (value as Identifier).value;
    default:
      return undefined;
  }
}
