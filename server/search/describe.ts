/** Expressions and plans as text that a person can read: for `_explain`, logs and golden files. */

import type { Driver, Selection } from './driver.ts';
import type { Expression } from './expression.ts';
import type { Plan } from './plan.ts';
import type { SearchParameter } from './search-parameter.ts';
import { rowsTable } from './sql.ts';
import type { SearchValue } from './type/search-type.ts';

const name = ({ resource, code }: SearchParameter): string => `${resource}.${code}`;

/** What a value asks, without what every value of its kind has. */
function valueText(value: SearchValue): string {
  const { type: _, ...rest } = value as SearchValue & Readonly<Record<string, unknown>>;
  return JSON.stringify(rest);
}

/** `(Patient.name {"mode":"begins",...} and not missing Patient.active)` */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'all':
    case 'nothing':
      return expression.kind;
    case 'and':
    case 'or':
      return `(${expression.terms.map(expressionText).join(` ${expression.kind} `)})`;
    case 'not':
      return `not ${expressionText(expression.term)}`;
    case 'matches':
      return `${name(expression.param)} ${valueText(expression.value)}`;
    case 'missing':
      return `missing ${name(expression.param)}`;
    case 'chain':
      return `${name(expression.param)} -> ${expression.target}[${expressionText(expression.term)}]`;
    case 'has':
      return `${expression.source}[${expressionText(expression.term)}] -> ${name(expression.param)}`;
    case 'hierarchy':
      return placesText(expression);
  }
}

function placesText({
  param,
  direction,
  target,
  ids,
  parent,
  through,
}: Extract<Expression, { kind: 'hierarchy' }>): string {
  const limit = through.kind === 'all' ? '' : ` through ${target}[${expressionText(through)}]`;
  return `${name(param)} -> ${target}[${direction} ${ids.join(', ')} by ${name(parent)}${limit}]`;
}

/** The plan as lines, drivers of drivers indented. */
export function planText({ types }: Plan): string {
  return types
    .flatMap(({ type, order, keys, selection, terms }) => [
      `${type}: ${orders[order]}${keys.length > 0 ? `, keys ${keys.map(keyText).join(', ')}` : ''}`,
      ...(order === 'walk'
        ? terms.map((term) => `  filter ${expressionText(term)}`)
        : selectionLines(selection).map((line) => `  ${line}`)),
    ])
    .join('\n');
}

const orders = {
  rid: 'in the order of rid',
  collect: 'all candidates, put in order',
  walk: 'the index of the first key in its order',
} as const;

const keyText = ({ place, descending }: Plan['types'][number]['keys'][number]): string =>
  `${descending ? '-' : ''}${place.kind === 'resource' ? place.column : place.kind === 'score' ? 'score' : name(place.param)}`;

function selectionLines({ driver, filters, rows }: Selection): readonly string[] {
  const counted = Number.isFinite(rows) ? ` (${rows} rows)` : '';
  const [first = '', ...rest] = driverLines(driver);
  return [`driver ${first}${counted}`, ...rest, ...filters.map((filter) => `filter ${expressionText(filter)}`)];
}

function driverLines(driver: Driver): readonly string[] {
  switch (driver.kind) {
    case 'type':
      return ['all of the type'];
    case 'ids':
      return [`ids ${driver.ids.length}`];
    case 'matches':
      return [
        `${rowsTable(driver.param, driver.values)} ${name(driver.param)} ${driver.values.map(valueText).join(' and ')}`,
      ];
    case 'chain':
      return [
        `what refers by ${driver.by} in ${name(driver.param)} to ${driver.from.type}`,
        ...indented(selectionLines(driver.from)),
      ];
    case 'has':
      return [
        `what ${driver.from.type} refers to by ${driver.by} in ${name(driver.param)}`,
        ...indented(selectionLines(driver.from)),
      ];
    case 'hierarchy':
      return [placesText(driver.places)];
    case 'union':
      return ['union', ...driver.of.flatMap((each) => indented(selectionLines(each)))];
  }
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
