/** A mapping as a page of Markdown: each field with its element, its form and its sentence; then the tables. */
import type { Mapping } from './mapping.ts';
import type { Schema } from './schema.ts';
import type { Table } from './table.ts';
import { tableOf, walk } from './walk.ts';

export function page(mapping: Mapping): string {
  const { title, doc, type, plural, profile, criteria } = mapping;
  const rows = walk(mapping).map(({ field, rule }) => {
    const { codec, doc: sentence, path, required, readOnly } = rule;
    const marks = [...(required ? ['required'] : []), ...(readOnly ? ['read only'] : [])];
    return `| \`${field}\` | ${kindOf(codec.schema)} | ${cell(sentence)}${marks.length > 0 ? ` *${marks.join(', ')}*` : ''} | \`${cell(path)}\` | ${cell(codec.form)} |`;
  });
  const tables = new Map(
    walk(mapping).flatMap(({ rule }) => {
      const table = tableOf(rule);
      return table ? [[table.name, table] as const] : [];
    }),
  );
  const own = Object.entries(criteria).map(([name, value]) => `\`${name}=${value}\``);
  return [
    `# ${title}`,
    '',
    doc,
    '',
    `\`/care/${plural}\` and \`/fhir/${type}\`${own.length > 0 ? `, those with ${own.join(', ')}` : ''}.${profile ? ` What is made meets the profile \`${profile}\`.` : ''}`,
    'Elements that stand in no row are kept as they are when a record is written.',
    '',
    '| field | value | what it is | element | in FHIR |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    ...[...tables.values()].flatMap(tableLines),
    `Generated from \`mappings/\`; \`npm run golden\` writes it again.`,
    '',
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function kindOf({ type, enum: list, format, items, oneOf }: Schema): string {
  if (list) return 'a word';
  if (format === 'partial-date') return 'day';
  if (format === 'partial-date-time' || format === 'instant') return 'moment';
  if (type === 'array') return `list of ${items ? kindOf(items) : 'values'}`;
  if (oneOf && type === 'object') return 'one of several forms';
  return type === 'string' ? 'text' : type === 'object' ? 'record' : (type ?? 'value');
}

const tableLines = ({ name, system, rows, lossy }: Table): string[] => [
  `## Words: ${name}`,
  '',
  `Codes of \`${system}\`. ${lossy ?? 'One to one.'}`,
  '',
  '| word | code | meaning |',
  '|---|---|---|',
  ...rows.map(([word, code, display]) => `| ${word} | \`${code}\` | ${display ?? ''} |`),
  '',
];
