/** The report for a terminal. */
import type { Report } from './report.ts';

const numberText = (value: number): string => value.toLocaleString('en-US');

/** `1 error`, `2 errors`. */
export const countText = (count: number, noun: string): string =>
  `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;

export function summaryOf({ resources, valid, issues, byType }: Report): string {
  const types = Object.entries(byType).map(([type, count]) => `${numberText(count)} ${type}`);
  const found = [
    countText(issues.fatal + issues.error, 'error'),
    countText(issues.warning, 'warning'),
    `${numberText(issues.information)} for information`,
  ];
  const listed = types.length > 0 ? ` (${types.join(', ')})` : '';
  return `${countText(resources, 'resource')}${listed}, ${numberText(valid)} without an error: ${found.join(', ')}`;
}

export function reportText(report: Report): string {
  const groups = report.groups.map(({ severity, rule, element, count, resources, examples }) =>
    [
      `${severity.toUpperCase()}  ${rule}${element ? `  ${element}` : ''}  (${numberText(count)} in ${countText(resources, 'resource')})`,
      ...examples.map(({ resource, diagnostics }) => `    ${resource}: ${diagnostics}`),
    ].join('\n'),
  );
  return `${[summaryOf(report), ...groups].join('\n\n')}\n`;
}
