/** The operators of FHIRPath on closures. Logic has three values: empty is "not known". https://hl7.org/fhirpath/N1/#operations */
import { compareValues } from '../order.ts';
import type { Closure, Evaluate } from './closure.ts';
import {
  booleanOf,
  type Collection,
  distinct,
  equals,
  FALSE,
  NOTHING,
  single,
  TRUE,
  truth,
  Valueless,
} from './values.ts';

type Operator = (left: Closure, right: Closure) => Evaluate | undefined;

const logic =
  (combine: (left: boolean | undefined, right: () => boolean | undefined) => boolean | undefined): Operator =>
  (left, right) =>
  (focus, environment) => {
    const result = combine(booleanOf(left.evaluate(focus, environment)), () =>
      booleanOf(right.evaluate(focus, environment)),
    );
    return result === undefined ? NOTHING : truth(result);
  };

const TEMPORAL = new Set(['date', 'dateTime', 'instant', 'time']);
const NUMERIC = new Set(['integer', 'decimal', 'positiveInt', 'unsignedInt']);
const COMPLEX = new Set([
  'Quantity',
  'Age',
  'Duration',
  'Count',
  'Distance',
  'Money',
  'SimpleQuantity',
  'MoneyQuantity',
]);

/** Dates of different precision and quantities have an equality of their own: that is for the library. */
const isPlain = ({ types }: Closure): boolean => !types?.some((type) => TEMPORAL.has(type) || COMPLEX.has(type));

const equality =
  (whenEqual: boolean): Operator =>
  (left, right) => {
    if (!isPlain(left) || !isPlain(right)) return undefined;
    return (focus, environment) => {
      const [a, b] = [left.evaluate(focus, environment), right.evaluate(focus, environment)];
      if (a.length === 0 || b.length === 0) return NOTHING;
      if (a.some((item) => item instanceof Valueless) || b.some((item) => item instanceof Valueless)) return NOTHING;
      return truth((a.length === b.length && a.every((item, at) => equals(item, b[at]))) === whenEqual);
    };
  };

const comparison =
  (holds: (order: number) => boolean): Operator =>
  (left, right) => {
    const type = left.types?.[0] ?? right.types?.[0];
    const types = [...(left.types ?? []), ...(right.types ?? [])];
    const areNumbers = types.every((each) => NUMERIC.has(each));
    const areDates =
      types.length > 0 && types.every((each) => TEMPORAL.has(each) && each !== 'time') && left.types && right.types;
    if (!areNumbers && !areDates) return undefined;
    return (focus, environment) => {
      const [a, b] = [single(left.evaluate(focus, environment)), single(right.evaluate(focus, environment))];
      if (a === undefined || b === undefined) return NOTHING;
      if (typeof a !== typeof b || a instanceof Valueless) return NOTHING;
      const order = compareValues(a, b, type ?? 'decimal');
      return order === undefined || Number.isNaN(order) ? NOTHING : truth(holds(order));
    };
  };

const isIn = (item: unknown, collection: Collection): boolean => collection.some((each) => equals(each, item));

const operators: Readonly<Record<string, Operator>> = {
  and: logic((left, right) => {
    if (left === false) return false;
    const other = right();
    return other === false ? false : left && other;
  }),
  or: logic((left, right) => {
    if (left === true) return true;
    const other = right();
    return other === true ? true : left === undefined ? undefined : other;
  }),
  xor: logic((left, right) => {
    const other = right();
    return left === undefined || other === undefined ? undefined : left !== other;
  }),
  implies: logic((left, right) => {
    if (left === false) return true;
    const other = right();
    return other === true ? true : left === undefined ? undefined : other;
  }),
  '=': equality(true),
  '!=': equality(false),
  '<': comparison((order) => order < 0),
  '<=': comparison((order) => order <= 0),
  '>': comparison((order) => order > 0),
  '>=': comparison((order) => order >= 0),
  in: (left, right) => {
    if (!isPlain(left) || !isPlain(right)) return undefined;
    return (focus, environment) => {
      const item = single(left.evaluate(focus, environment));
      return item === undefined ? NOTHING : truth(isIn(item, right.evaluate(focus, environment)));
    };
  },
  contains: (left, right) => {
    if (!isPlain(left) || !isPlain(right)) return undefined;
    return (focus, environment) => {
      const item = single(right.evaluate(focus, environment));
      return item === undefined ? NOTHING : truth(isIn(item, left.evaluate(focus, environment)));
    };
  },
  '|': (left, right) => {
    if (!isPlain(left) || !isPlain(right)) return undefined;
    return (focus, environment) =>
      distinct([...left.evaluate(focus, environment), ...right.evaluate(focus, environment)]);
  },
  '&': (left, right) => (focus, environment) => [
    `${textOf(left.evaluate(focus, environment))}${textOf(right.evaluate(focus, environment))}`,
  ],
  '+': (left, right) => {
    if (left.types || right.types) return undefined;
    return (focus, environment) => {
      const [a, b] = [single(left.evaluate(focus, environment)), single(right.evaluate(focus, environment))];
      if (a === undefined || b === undefined) return NOTHING;
      if (typeof a === 'number' && typeof b === 'number') return [a + b];
      if (typeof a === 'string' && typeof b === 'string') return [a + b];
      throw new Error('two numbers or two strings expected');
    };
  },
};

function textOf(collection: Collection): string {
  const value = single(collection);
  return typeof value === 'string' ? value : '';
}

/** The closure of `left op right`; undefined when one side is not there or the operator needs the library for these types. */
export function binary(op: string, left: Closure | undefined, right: Closure | undefined): Closure | undefined {
  const operator = Object.hasOwn(operators, op) ? operators[op] : undefined;
  const evaluate = left && right && operator?.(left, right);
  if (!left || !right || !evaluate) return undefined;
  // Only a union gives back values of the resource; the types of both sides are possible.
  const types = op === '|' && left.types && right.types ? [...new Set([...left.types, ...right.types])] : undefined;
  return { types, evaluate };
}

export { FALSE, TRUE };
