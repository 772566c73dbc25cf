/** $lint: what is wrong with what a partner sends, as a report grouped by rule. Nothing is stored. An operation of ours. */
import { FhirError, invalid, issue, unsupportedMediaType } from '../../resources/outcome.ts';
import type { FhirRequest, FhirResponse } from '../interaction/interaction.ts';
import { reportHtml } from '../lint/html.ts';
import { type LintFormat, lintInputs } from '../lint/input.ts';
import { linter, type Report } from '../lint/report.ts';
import { reportText } from '../lint/text.ts';
import type { Validation } from '../validation.ts';
import { defineOperation, type Operation } from './operation.ts';

const FORMATS: Readonly<Record<string, LintFormat>> = {
  'application/fhir+json': 'json',
  'application/json': 'json',
  'application/fhir+xml': 'xml',
  'application/xml': 'xml',
  'application/fhir+ndjson': 'ndjson',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
};

const outputs: Readonly<Record<string, (report: Report) => NonNullable<FhirResponse['document']>>> = {
  json: (report) => ({ mediaType: 'application/json', text: `${JSON.stringify(report, null, 2)}\n` }),
  text: (report) => ({ mediaType: 'text/plain', text: reportText(report) }),
  html: (report) => ({ mediaType: 'text/html', text: reportHtml(report) }),
};

/** Resources in one request: a report for more is made by `throughline lint`. */
const MOST = 20_000;

function inputFormat({ document }: FhirRequest): { text: string; format: LintFormat } {
  if (!document || document.text.trim() === '')
    throw invalid('There is nothing to lint; expected a resource, a Bundle or NDJSON as the body');
  const format = FORMATS[document.mediaType];
  if (format) return { text: document.text, format };
  throw unsupportedMediaType(
    `Content-Type: ${document.mediaType} is not read by $lint; expected ${Object.keys(FORMATS).join(', ')}`,
    { expression: 'http.Content-Type' },
  );
}

export const lintOperation = ({ validate, answered }: Validation): Operation =>
  defineOperation(
    {
      code: 'lint',
      title: 'Report what is wrong',
      description:
        'What is wrong with a resource, the entries of a Bundle or the lines of NDJSON, grouped by rule with counts and examples. Nothing is stored.',
      resource: [],
      system: true,
      type: false,
      instance: false,
      affectsState: false,
      parameter: {
        output: { type: 'code', min: 0, max: '1', documentation: 'json (as default), text or html' },
        profile: {
          type: 'uri',
          min: 0,
          max: '*',
          documentation: 'The canonical of a profile that everything has to meet',
        },
      },
    },
    async ({ input, request }) => {
      const { output = 'json', profile } = input;
      const write = Object.hasOwn(outputs, output) ? outputs[output] : undefined;
      if (!write)
        throw invalid(`The parameter output is "${output}"; expected json, text or html`, {
          expression: 'http.output',
        });
      const { text, format } = inputFormat(request);
      const lint = linter();
      let count = 0;
      for (const { resource, where, problems = [] } of lintInputs(text, format)) {
        if (++count > MOST)
          throw new FhirError(413, [
            issue('too-costly', `More than ${MOST} resources; use throughline lint on the file`),
          ]);
        lint.add(
          resource,
          where,
          resource ? await answered(() => validate(resource, { profiles: profile })) : problems,
        );
        // Others get their turn: a long input is a second or more of work.
        if (count % 50 === 0) await new Promise(setImmediate);
      }
      return { status: 200, document: write(lint.report()) };
    },
  );
