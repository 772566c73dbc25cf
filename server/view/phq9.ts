/**
 * The answers and the score of a PHQ-9, as SQL. Items are known by their LOINC codes in linkId or definition, by their texts as published, or by their
 * number; answers by LOINC codes, weights, points, or their texts as published. Scoring (resources/questionnaire-response/) knows more wordings: where
 * an answer is not understood here, what it decides is NULL, and never wrong.
 */
import type { Derivation } from '../../mappings/reading.ts';
import type { Table } from '../../mappings/table.ts';
import { severity } from '../../mappings/words.ts';
import type { AnswerOption, InstrumentItem } from '../../resources/questionnaire-response/instrument.ts';
import { LOINC } from '../../resources/questionnaire-response/instrument.ts';
import { phq9 } from '../../resources/questionnaire-response/phq9.ts';
import { WEIGHTS } from '../../resources/questionnaire-response/read-answer.ts';
import { plain } from '../../resources/questionnaire-response/words.ts';
import { type JsonSql, quoted, type Value } from './json-sql.ts';

/** The name of the joined query in FROM. */
export const ANSWERS = 'answers';

const SCORED = phq9.items.length;
/** Every item by its number: 1 to 9 are scored. */
const numbered: readonly (readonly [number, InstrumentItem])[] = [...phq9.items, ...phq9.unscored].map(
  (item, at) => [at + 1, item] as const,
);
/** The number of the item for the total, which a form may have and which is computed instead. */
const TOTAL = 0;

/** The number of the item about self-harm. */
const [HARM] = numbered.find(([, { code }]) => code === phq9.safety?.item) ?? [SCORED];

/** The column of an item's answer: points, or for what has none the place in its list. */
const columnOf = (number: number): string => `${ANSWERS}.item_${number}`;

export function answerSql(code: string, table: Table | undefined): string {
  const found = numbered.find(([, item]) => item.code === code);
  if (!found) throw new Error(`the PHQ-9 has no item ${code}`);
  const [number, { options }] = found;
  if (!table) return columnOf(number);
  const words = options.map((option, at) => {
    const row = table.rows.find(([, each]) => each === option.code);
    return `WHEN ${at} THEN ${quoted(row?.[0] ?? '')}`;
  });
  return `CASE ${columnOf(number)} ${words.join(' ')} END`;
}

type Score = Extract<Derivation, { rule: 'phq9-score' }>['of'];

export function scoreSql(json: JsonSql, of: Score): string {
  const isComplete = `${ANSWERS}.understood = ${SCORED}`;
  const total = `CASE WHEN ${isComplete} THEN ${ANSWERS}.total END`;
  const either = (isTrue: string, isOpen: string): string =>
    `CASE WHEN ${isTrue} THEN ${json.truth(true)} WHEN ${isOpen} THEN NULL ELSE ${json.truth(false)} END`;
  switch (of) {
    case 'complete':
      return either(isComplete, `${ANSWERS}.doubtful > 0`);
    case 'total':
      return total;
    case 'severity':
      return `CASE ${phq9.bands
        .map(
          ({ to, code }) =>
            `WHEN ${total} <= ${to} THEN ${quoted(severity.rows.find((row) => row[1] === code)?.[0] ?? '')}`,
        )
        .join(' ')} END`;
    case 'safety':
      return either(
        `${ANSWERS}.harm >= ${phq9.safety?.from ?? 1}`,
        `${ANSWERS}.harm_doubtful > 0 AND ${columnOf(HARM)} IS NULL`,
      );
  }
}

/** The join that gives the columns above for each resource. */
export function answersJoin(json: JsonSql, condition: string): ReturnType<JsonSql['joined']> {
  const { within } = json;
  const tree = json.tree(json.property(json.root, 'item'), ['linkId', 'answer'], 'i');
  const list = json.items(json.property(tree.item, 'answer'), 'a');
  const answers = `SELECT ${within.key} AS rid, ${numberSql(json, tree.item)} AS number, ${pointsInputs(json, list.item)}
    FROM ${within.from}${tree.from}, ${list.from}
    WHERE ${within.where(condition)}${tree.isItem} AND ${list.isItem}`;
  const read = `SELECT rid, number, ${pointsSql()} AS points FROM (${answers} ${json.once}) AS said`;
  const items = `SELECT rid, number, CASE WHEN count(*) = count(points) AND min(points) = max(points) THEN min(points) END AS points,
    max(points) AS most, count(*) - count(points) AS unread FROM (${read} ${json.once}) AS read GROUP BY rid, number`;
  const count = (when: string): string => `sum(CASE WHEN ${when} THEN 1 ELSE 0 END)`;
  const columns: readonly (readonly [name: string, sql: string])[] = [
    ...numbered.map(([number]) => [`item_${number}`, `max(CASE number WHEN ${number} THEN points END)`] as const),
    ['understood', `count(CASE WHEN number BETWEEN 1 AND ${SCORED} THEN points END)`],
    ['total', `sum(CASE WHEN number BETWEEN 1 AND ${SCORED} THEN points END)`],
    ['doubtful', count(`number IS NULL OR (number BETWEEN 1 AND ${SCORED} AND unread > 0)`)],
    ['harm_doubtful', count(`number IS NULL OR (number = ${HARM} AND unread > 0)`)],
    ['harm', `max(CASE number WHEN ${HARM} THEN most END)`],
  ];
  const totals = columns.map(([name, sql]) => `CAST(${sql} AS integer) AS ${name}`).join(',\n    ');
  return json.joined(
    `SELECT rid, ${totals} FROM (${items}) AS items GROUP BY rid`,
    ANSWERS,
    columns.map(([name]) => name),
  );
}

/** The number of the item that an item of the form is; NULL when that is not known. */
function numberSql(json: JsonSql, item: Value): string {
  const of = (name: string): string => json.text(json.property(item, name));
  const byCode = (text: string): string =>
    `CASE ${[...numbered.map(([number, { code }]) => [number, code] as const), [TOTAL, phq9.total.code] as const]
      .map(([number, code]) => `WHEN ${json.holdsWord(text, code)} THEN ${number}`)
      .join(' ')} END`;
  const byText = `CASE ${numbered
    .map(([number, { text, display }]) => `WHEN ${isOneOf(of('text'), [text.en, text.es, display])} THEN ${number}`)
    .join(' ')} END`;
  const byNumber = `CASE WHEN ${of('text')} IS NULL THEN ${json.numberAtEnd(of('linkId'))} END`;
  return `coalesce(${[byCode(of('definition')), byCode(of('linkId')), byText, byNumber].join(', ')})`;
}

/** Whether a text is one of these wordings, as published or without accents and punctuation. */
function isOneOf(text: string, wordings: readonly (string | undefined)[]): string {
  const known = wordings.flatMap((each) => (each === undefined ? [] : [each.toLowerCase(), plain(each)]));
  return `lower(trim(${text})) IN (${[...new Set(known)].map(quoted).join(', ')})`;
}

/** What an answer says, in columns for `pointsSql`. */
function pointsInputs(json: JsonSql, answer: Value): string {
  const coding = json.property(answer, 'valueCoding');
  const weight = (owner: Value, alias: string): string => {
    const { from, item, position, isItem } = json.items(json.property(owner, 'extension'), alias);
    const isWeight = `${json.text(json.property(item, 'url'))} IN (${WEIGHTS.map(quoted).join(', ')})`;
    return `(SELECT ${json.decimal(json.property(item, 'valueDecimal'))} FROM ${from} WHERE ${isItem} AND ${isWeight} ORDER BY ${position} LIMIT 1)`;
  };
  return [
    `CASE WHEN ${json.isObject(coding)} THEN 1 ELSE 0 END AS is_coded`,
    `${json.text(json.property(coding, 'system'))} AS system`,
    `${json.text(json.property(coding, 'code'))} AS code`,
    `${json.text(json.property(coding, 'display'))} AS display`,
    `coalesce(${weight(coding, 'w')}, ${weight(answer, 'v')}) AS weight`,
    `coalesce(${json.decimal(json.property(answer, 'valueInteger'))}, ${json.decimal(json.property(answer, 'valueDecimal'))}) AS amount`,
    `${json.text(json.property(answer, 'valueString'))} AS words`,
  ].join(',\n    ');
}

/** The points of an answer, as `readAnswer` gives them: of each list of options, for the items that have it. */
function pointsSql(): string {
  const lists = new Map<readonly AnswerOption[], number[]>();
  for (const [number, { options }] of numbered) lists.set(options, [...(lists.get(options) ?? []), number]);
  return `CASE ${[...lists]
    .map(([options, numbers]) => `WHEN number IN (${numbers.join(', ')}) THEN ${optionSql(options)}`)
    .join(' ')} END`;
}

function optionSql(options: readonly AnswerOption[]): string {
  const of = ({ weight }: AnswerOption, at: number): number => weight ?? at;
  const isScored = options.every(({ weight }) => weight !== undefined);
  const codesOf = ({ code, aliases = [] }: AnswerOption): readonly string[] => [code, ...aliases];
  const byCode = `CASE ${options
    .map((option, at) => `WHEN code IN (${codesOf(option).map(quoted).join(', ')}) THEN ${of(option, at)}`)
    .join(' ')} END`;
  const byText = (text: string): string =>
    `CASE ${options
      .map((option, at) => {
        const digits = isScored ? [String(option.weight)] : [];
        return `WHEN ${isOneOf(text, [option.display, option.text.en, option.text.es, ...digits])} THEN ${of(option, at)}`;
      })
      .join(' ')} END`;
  const byPoints = (amount: string): string =>
    isScored
      ? `CASE ${options.map((option, at) => `WHEN ${amount} = ${option.weight} THEN ${of(option, at)}`).join(' ')} END`
      : 'NULL';
  return `CASE WHEN is_coded = 0 THEN coalesce(${byPoints('amount')}, CASE WHEN amount IS NULL THEN ${byText('words')} END)
      WHEN coalesce(system, ${quoted(LOINC)}) = ${quoted(LOINC)} AND ${byCode} IS NOT NULL THEN ${byCode}
      WHEN system = ${quoted(LOINC)} THEN NULL
      ELSE coalesce(${byPoints('weight')}, ${byText('code')}, ${byText('display')}) END`;
}
