/** Reports as tables for people. */
import type { Machine } from './machine.ts';
import type { Report, Row } from './scenario.ts';

/** Three figures, more for large numbers: 0.512, 4.71, 36.9, 12,345. */
function text(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3);
}

function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const cells = [
    ['', ...columns],
    ...rows.map(({ name, figures }) => [name, ...columns.map((each) => text(figures[each]))]),
  ];
  const widths = ['', ...columns].map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

export const machineText = (machine: Machine): string =>
  `Throughline ${machine.throughline} (${machine.commit ?? 'no commit'}) on ${machine.cores} x ${machine.processor}, ` +
  `${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}, ${machine.date}, load before ${machine.loadBefore.toFixed(1)}`;

export function reportText(title: string, { rows, targets = [], notes = [] }: Report): string {
  return [
    `\n== ${title}\n`,
    table(rows),
    ...targets.map(({ promise, seen, met }) => `${met ? 'met     ' : 'NOT MET '} ${promise}: ${text(seen)}`),
    ...notes,
  ].join('\n');
}
