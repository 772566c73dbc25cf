/** The functions of FHIRPath that constraints use, on closures. https://hl7.org/fhirpath/N1/#functions */
import { isPrimitive } from '../../resources/definition.ts';
import { regularExpression } from '../regular-expression.ts';
import { type Closure, compile, type Environment, type Evaluate, type Place } from './closure.ts';
import type { Tree } from './syntax.ts';
import { booleanOf, type Collection, distinct, equals, NOTHING, single, stringOf, truth, Valueless } from './values.ts';

type Make = (focus: Closure, args: readonly Tree[], place: Place) => Closure | undefined;

/** A function of the collection alone. */
const plain =
  (result: (items: Collection) => Collection, keepsTypes = false): Make =>
  (focus, args) =>
    args.length > 0
      ? undefined
      : {
          types: keepsTypes ? focus.types : undefined,
          evaluate: (items, environment) => result(focus.evaluate(items, environment)),
        };

/** A function with a criterion that is asked of each item, with that item as `$this`. */
const withCriterion =
  (
    result: (items: Collection, holds: (item: unknown) => boolean | undefined) => Collection,
    keepsTypes: boolean,
  ): Make =>
  (focus, [criterion, ...rest], place) => {
    const compiled = criterion && rest.length === 0 ? compile(criterion, { ...place, focus: focus.types }) : undefined;
    if (!compiled) return undefined;
    return {
      types: keepsTypes ? focus.types : undefined,
      evaluate: (items, environment) =>
        result(focus.evaluate(items, environment), (item) => booleanOf(compiled.evaluate([item], environment))),
    };
  };

/** A function of a single string and a string argument. */
const onString =
  (result: (text: string, argument: string) => Collection): Make =>
  (focus, [argument, ...rest], place) => {
    const compiled = argument && rest.length === 0 ? compile(argument, place) : undefined;
    if (!compiled) return undefined;
    return {
      types: undefined,
      evaluate: (items, environment) => {
        const text = stringOf(focus.evaluate(items, environment));
        const given = stringOf(compiled.evaluate(items, environment));
        return text === undefined || given === undefined ? NOTHING : result(text, given);
      },
    };
  };

/** A function of two collections. */
const withCollection =
  (result: (items: Collection, other: Collection) => Collection): Make =>
  (focus, [argument, ...rest], place) => {
    const compiled = argument && rest.length === 0 ? compile(argument, place) : undefined;
    if (!compiled) return undefined;
    return {
      types: focus.types,
      evaluate: (items, environment) =>
        result(focus.evaluate(items, environment), compiled.evaluate(items, environment)),
    };
  };

const exists: Make = (focus, args, place) =>
  args.length === 0
    ? plain((items) => truth(items.length > 0))(focus, args, place)
    : withCriterion((items, holds) => truth(items.some((item) => holds(item) === true)), false)(focus, args, place);

/** `iif(criterion, result, otherwise)`: only the branch that is chosen is evaluated. */
const iif: Make = (focus, [criterion, result, otherwise], place) => {
  const inner = { ...place, focus: focus.types };
  const branches = [criterion, result, otherwise ?? { kind: 'empty' as const }].map(
    (tree) => tree && compile(tree, inner),
  );
  const [test, yes, no] = branches;
  if (!test || !yes || !no) return undefined;
  const evaluate: Evaluate = (items, environment: Environment) => {
    const value = focus.evaluate(items, environment);
    return booleanOf(test.evaluate(value, environment)) === true
      ? yes.evaluate(value, environment)
      : no.evaluate(value, environment);
  };
  return { types: undefined, evaluate };
};

const select: Make = (focus, [projection, ...rest], place) => {
  const compiled = projection && rest.length === 0 ? compile(projection, { ...place, focus: focus.types }) : undefined;
  if (!compiled) return undefined;
  return {
    types: compiled.types,
    evaluate: (items, environment) =>
      focus.evaluate(items, environment).flatMap((item) => compiled.evaluate([item], environment)),
  };
};

const hasValue: Make = (focus, args) => {
  if (args.length > 0 || !focus.types) return undefined;
  const primitive = focus.types.every(isPrimitive);
  return {
    types: undefined,
    evaluate: (items, environment) => {
      const found = focus.evaluate(items, environment);
      return truth(primitive && found.length === 1 && !(found[0] instanceof Valueless));
    },
  };
};

const substring: Make = (focus, [start, length], place) => {
  const [from, count] = [start && compile(start, place), length && compile(length, place)];
  if (!from || (length && !count)) return undefined;
  return {
    types: undefined,
    evaluate: (items, environment) => {
      const text = stringOf(focus.evaluate(items, environment));
      const at = Number(single(from.evaluate(items, environment)));
      if (text === undefined || !(at >= 0 && at < text.length)) return NOTHING;
      return [count ? text.substr(at, Number(single(count.evaluate(items, environment)))) : text.slice(at)];
    },
  };
};

export const functions: Readonly<Record<string, Make>> = {
  exists,
  empty: plain((items) => truth(items.length === 0)),
  not: plain((items) => {
    const value = booleanOf(items);
    return value === undefined ? NOTHING : truth(!value);
  }),
  all: withCriterion((items, holds) => truth(items.every((item) => holds(item) === true)), false),
  where: withCriterion((items, holds) => items.filter((item) => holds(item) === true), true),
  select,
  iif,
  count: plain((items) => [items.length]),
  first: plain((items) => items.slice(0, 1), true),
  last: plain((items) => items.slice(-1), true),
  tail: plain((items) => items.slice(1), true),
  distinct: plain(distinct, true),
  isDistinct: plain((items) => truth(distinct(items).length === items.length)),
  hasValue,
  trace: (focus) => focus,
  intersect: withCollection((items, other) => distinct(items.filter((item) => other.some((one) => equals(one, item))))),
  combine: withCollection((items, other) => [...items, ...other]),
  matches: onString((text, pattern) => truth(regularExpression(pattern).test(text))),
  startsWith: onString((text, start) => truth(text.startsWith(start))),
  endsWith: onString((text, end) => truth(text.endsWith(end))),
  contains: onString((text, part) => truth(text.includes(part))),
  substring,
  length: plain((items) => {
    const text = stringOf(items);
    return text === undefined ? NOTHING : [text.length];
  }),
  toInteger: plain((items) => {
    const value = single(items);
    if (typeof value === 'number' && Number.isInteger(value)) return [value];
    if (typeof value === 'boolean') return [value ? 1 : 0];
    return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? [Number(value)] : NOTHING;
  }),
};
