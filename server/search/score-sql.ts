/**
 * The points of a score as SQL, the same numbers as `pointsOf` in memory. Words and places are read from the full text indexes themselves; nothing
 * is kept for the score alone.
 */
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { placesTable } from './index-table.ts';
import { FULL_POINTS, MAX_OCCURRENCES, MAX_PLACES, type Score, type ScoredText } from './score.ts';
import { fence, rowsOfResource, type SqlContext } from './sql.ts';

/** The candidates, a statement with the column `rid`, with the column `points` beside it. */
export const withPoints = (candidates: Sql, score: Score, on: SqlContext): Sql =>
  on.dialect === 'postgres' ? pointsOfEach(candidates, score, on) : pointsOfAll(candidates, score);

const POINTS = raw(`${FULL_POINTS} * n / (n + 1)`);

/**
 * SQLite finds the occurrences of a word in all resources at once and not in one of them: its table of places is read by word only. They are
 * brought to the candidates by a grouping, because a join would look through them again for each.
 */
const pointsOfAll = (candidates: Sql, { texts }: Score): Sql => sql`SELECT rid, sum(points) AS points FROM (
    SELECT rid, 0 AS points, 1 AS candidate FROM (${candidates})
    UNION ALL SELECT rid, ${POINTS}, 0 FROM (${join(texts.flatMap(occurrencesInAll), ' UNION ALL ')}))
  GROUP BY rid HAVING sum(candidate) > 0`;

/** (rid, n) of each word. */
function occurrencesInAll({ table, words }: ScoredText): readonly Sql[] {
  const places = raw(placesTable(table));
  const exact = words.filter(({ begins }) => !begins).map(({ word }) => asIndexed(word));
  const within = (
    condition: Sql,
    by: Sql,
  ): Sql => sql`SELECT doc AS rid, min(count(*), ${raw(`${MAX_OCCURRENCES}`)}) AS n
    FROM ${places} WHERE ${condition} AND "offset" < ${raw(`${MAX_PLACES}`)} GROUP BY ${by}`;
  return [
    ...(exact.length > 0 ? [within(sql`term IN (${join(exact)})`, raw('doc, term'))] : []),
    ...words
      .filter(({ begins }) => begins)
      .map(({ word }) => asIndexed(word))
      .map((word) => within(sql`term >= ${word} AND term < ${`${word}\u{10ffff}`}`, raw('doc'))),
  ];
}

/** The one letter of ours that the tokenizer of FTS5 folds further. */
const asIndexed = (word: string): string => word.replaceAll('ς', 'σ');

/** PostgreSQL has the words of one resource together, with their places. The fence keeps it from counting again wherever the points are compared. */
const pointsOfEach = (candidates: Sql, { texts }: Score, on: SqlContext): Sql =>
  sql`SELECT c.rid AS rid, (SELECT CAST(coalesce(sum(${POINTS}), 0) AS bigint)
    FROM (${join(
      texts.flatMap((text) => occurrencesInOne(text, on)),
      ' UNION ALL ',
    )}) o) AS points FROM (${candidates}) c ${fence(on)}`;

/** n of each word, in the resource `c`. */
function occurrencesInOne({ param, table, words }: ScoredText, on: SqlContext): readonly Sql[] {
  const exact = words.filter(({ begins }) => !begins).map(({ word }) => word);
  const own = sql`${rowsOfResource(table.name, 't', on)}`;
  const where = sql`t.param = ${param.number} AND t.rid = c.rid`;
  const counted = raw(
    `least(coalesce(sum((SELECT count(*) FROM unnest(u.positions) p WHERE p <= ${MAX_PLACES})), 0), ${MAX_OCCURRENCES})`,
  );
  return [
    // To mark the words and keep what is marked is faster than to take all words apart.
    ...(exact.length > 0
      ? [
          sql`SELECT CAST(${counted} AS bigint) AS n FROM ${own} CROSS JOIN unnest(ts_filter(setweight(t.words, 'A', ARRAY[${join(exact)}]), '{a}')) u
            WHERE ${where} GROUP BY u.lexeme`,
        ]
      : []),
    ...words
      .filter(({ begins }) => begins)
      .map(
        ({ word }) => sql`SELECT CAST(${counted} AS bigint) AS n FROM ${own} CROSS JOIN unnest(t.words) u
            WHERE ${where} AND starts_with(u.lexeme, ${word})`,
      ),
  ];
}
