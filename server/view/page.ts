/** The views and their columns as a page of Markdown. */
import type { Column, View } from './view.ts';

const types: Readonly<Record<Column['type'], string>> = {
  text: 'text',
  boolean: 'boolean',
  integer: 'integer',
  numeric: 'numeric',
  date: 'date',
  timestamp: 'timestamptz',
};

const parts: Readonly<Record<Column['part'], string>> = {
  value: '',
  day: 'the day as written, or the first day of the month or year: ',
  instant: 'the instant: ',
  precision: 'how precise it is: year, month, day, moment: ',
  joined: 'with a space between several: ',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function section({ name, plural, lists, doc, keys, columns }: View): readonly string[] {
  const [id = 'id'] = keys;
  const what =
    lists.length === 0
      ? `A row for each record of \`/care/${plural}\`.`
      : `A row for each item of \`${lists.join('[].')}[]\` of \`/care/${plural}\`.`;
  const keyRows = keys
    .filter((key) => !columns.some((column) => column.name === key))
    .map(
      (key) =>
        `| \`${key}\` | ${key === id ? 'text' : 'bigint'} | | ${key === id ? 'the record' : 'the place in the list, from 1'} |`,
    );
  return [
    `## ${name}`,
    '',
    `${cell(doc)} ${what}`,
    '',
    '| column | type | field | what it is |',
    '|---|---|---|---|',
    ...keyRows,
    ...columns.map(
      (column) =>
        `| \`${column.name}\` | ${types[column.type]} | ${column.field === '' ? '' : `\`${column.field}\``} | ${parts[column.part]}${cell(column.doc)} |`,
    ),
    '',
  ];
}

export const page = (views: readonly View[]): string =>
  [
    '# The columns of the views for reports',
    '',
    `${views.length} views; [views.md](views.md) says how they are made and read. Types are those of PostgreSQL. SQLite has dates and timestamps as texts that sort, and 0 or 1 for a boolean.`,
    '',
    ...views.flatMap(section),
    'Generated from `mappings/`; `npm run golden` writes it again.',
    '',
  ].join('\n');
