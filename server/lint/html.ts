/** The report as a page of its own: no script, nothing fetched, everything from the input escaped. */
import type { Example, Group, Report } from './report.ts';
import { countText, summaryOf } from './text.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
summary{cursor:pointer;padding:.4rem 0}details{border-bottom:1px solid #ddd}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.fatal,.error{color:#a40000}.warning{color:#7a4d00}.information{color:#114a7a}`;

const exampleRow = ({ resource, expression, diagnostics }: Example): string =>
  `<tr><td>${escaped(resource)}</td><td><code>${escaped(expression ?? '')}</code></td><td>${escaped(diagnostics)}</td></tr>`;

const section = ({ rule, severity, element, count, resources, examples }: Group): string =>
  `<details><summary><strong class="${severity}">${severity}</strong> <code>${escaped(rule)}</code> ${escaped(element)} — ${count} in ${countText(resources, 'resource')}</summary>
<table><thead><tr><th>Resource</th><th>Element</th><th>What is wrong</th></tr></thead><tbody>${examples.map(exampleRow).join('')}</tbody></table></details>`;

export const reportHtml = (report: Report): string =>
  `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Lint report</title><style>${STYLE}</style></head>
<body><h1>Lint report</h1><p>${escaped(summaryOf(report))}</p>
${report.groups.map(section).join('\n')}
</body></html>
`;
