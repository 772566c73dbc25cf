/**
 * Patient/[id]/$trend and $phq9-trend: the totals of an instrument over time, with change, response and remission against the index score, and a
 * chart of them. Operations of ours; the chart comes as an Attachment, so that the answer is one resource in every format.
 */
import { type Course, courseOf, hasCourse, type Point } from '../../resources/observation/course.ts';
import { badValue } from '../../resources/outcome.ts';
import { instrumentFor, instruments } from '../../resources/questionnaire-response/index.ts';
import { bandOf, codingOf, type Instrument, LOINC } from '../../resources/questionnaire-response/instrument.ts';
import { phq9 } from '../../resources/questionnaire-response/phq9.ts';
import type { AnyResource, Observation, ParametersParameter } from '../../resources/types.ts';
import type { Context, FhirResponse } from '../interaction/interaction.ts';
import { MAX_COUNT } from '../search/limits.ts';
import { parseQuery } from '../search/parse.ts';
import { defineOperation, type OperationSpec } from './operation.ts';
import { chartOf } from './trend/chart.ts';
import { requireVisible, resourceIn, searchContextOf } from './visible.ts';
import { readAll } from './walk.ts';

const start = {
  type: 'date',
  min: 0,
  max: '1',
  documentation: 'Totals before this day are left out, so that an episode has an index score of its own',
} as const;

const common = {
  resource: ['Patient'],
  system: false,
  type: false,
  instance: true,
  affectsState: false,
  result: {
    name: 'return',
    type: 'Parameters',
    documentation: 'index, latest, change, response, remission, each point, and the chart',
  },
} satisfies Partial<OperationSpec>;

/** The totals of a client, those that the caller may see. */
async function totalsOf(patient: string, { total }: Instrument, from: string | undefined, context: Context) {
  const query = new URLSearchParams({
    patient: `Patient/${patient}`,
    code: `${total.system ?? LOINC}|${total.code}`,
    ...(from === undefined ? {} : { date: `ge${from}` }),
  });
  const parsed = parseQuery({ type: 'Observation', query, handling: 'strict' }, searchContextOf(context));
  const tx = context.session?.tx ?? (await context.reader.settled());
  const totals: Observation[] = [];
  for await (const page of readAll({ ...parsed, total: 'none', count: MAX_COUNT }, tx, context))
    for (const version of page) totals.push(resourceIn(version) as unknown as Observation);
  return totals;
}

async function trend(
  patient: string,
  instrument: Instrument,
  from: string | undefined,
  context: Context,
): Promise<FhirResponse> {
  await requireVisible('Patient', patient, context);
  const course = courseOf(instrument, await totalsOf(patient, instrument, from, context));
  return { status: 200, body: parametersOf(instrument, course) };
}

function parametersOf(instrument: Instrument, course: Course): AnyResource {
  const { points, index, latest, previous, change, response, remission } = course;
  const part = (name: string, point: Point | undefined): ParametersParameter[] =>
    point ? [{ name, part: pointOf(instrument, point) }] : [];
  const parameter: ParametersParameter[] = [
    { name: 'instrument', valueCanonical: instrument.canonicals[0] },
    ...part('index', index),
    ...part('latest', latest),
    ...(change === undefined ? [] : [{ name: 'change', valueDecimal: change }]),
    ...(latest && previous ? [{ name: 'changeFromPrevious', valueDecimal: latest.value - previous.value }] : []),
    ...(response === undefined ? [] : [{ name: 'response', valueBoolean: response }]),
    ...(remission === undefined ? [] : [{ name: 'remission', valueBoolean: remission }]),
    ...points.flatMap((point) => part('point', point)),
    {
      name: 'chart',
      valueAttachment: {
        contentType: 'image/svg+xml',
        data: Buffer.from(chartOf(instrument, course)).toString('base64'),
        title: instrument.title,
      },
    },
  ];
  return { resourceType: 'Parameters', parameter };
}

function pointOf(instrument: Instrument, { observation, value, date }: Point): ParametersParameter[] {
  const band = bandOf(instrument, value);
  return [
    { name: 'date', valueDateTime: date },
    { name: 'total', valueDecimal: value },
    ...(band ? [{ name: 'severity', valueCoding: codingOf(band) }] : []),
    { name: 'observation', valueReference: { reference: `Observation/${observation.id}` } },
  ];
}

export const phq9Trend = defineOperation(
  {
    ...common,
    code: 'phq9-trend',
    title: 'The course of the PHQ-9',
    description:
      'The PHQ-9 totals of a client over time. The index score is the first of 10 or more; response is a total of half of it or less, remission one below 5. The chart is SVG, in base64.',
    parameter: { start },
  },
  ({ id = '', input }, context) => trend(id, phq9, input.start, context),
);

/** Instruments whose result is a number. */
const withTotals = instruments.filter(({ toldAs }) => toldAs === undefined);

function named(text: string): Instrument {
  const found = withTotals.find(({ name }) => name === text) ?? instrumentFor(text);
  if (found && withTotals.includes(found)) return found;
  throw badValue(
    `instrument=${text} has no totals here; expected ${withTotals.map(({ name }) => name).join(', ')}, or the canonical of one`,
    { expression: 'http.instrument' },
  );
}

export const instrumentTrend = defineOperation(
  {
    ...common,
    code: 'trend',
    title: 'The course of an instrument',
    description: `The totals of a client over time, as $phq9-trend for any instrument; index, response and remission are there for ${withTotals
      .filter(hasCourse)
      .map(({ name }) => name)
      .join(' and ')}.`,
    parameter: {
      instrument: {
        type: 'string',
        min: 1,
        max: '1',
        documentation: `${withTotals.map(({ name }) => name).join(', ')}, or the canonical of one`,
      },
      start,
    },
  },
  ({ id = '', input }, context) => trend(id, named(input.instrument), input.start, context),
);
