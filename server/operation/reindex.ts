/**
 * `$reindex`: makes index rows anew, in the background, while searches go on over those that are there. GET tells how far it is, and how
 * far the parameters are that are being built. An operation of ours: R4 has none.
 */

import { nearest } from '../../resources/nearest.ts';
import { badValue } from '../../resources/outcome.ts';
import type { AnyResource, ParametersParameter, ResourceType } from '../../resources/types.ts';
import type { Context } from '../interaction/interaction.ts';
import type { ParameterState } from '../search/registry.ts';
import { defineOperation } from './operation.ts';

const states: Readonly<Record<ParameterState['status'], string>> = {
  active: 'complete',
  filling: 'being built; not searchable yet',
  rebuilding: 'being built anew; searchable meanwhile',
  dropping: 'being removed',
};

export const reindex = defineOperation(
  {
    code: 'reindex',
    title: 'Reindex',
    description:
      'Makes the index rows of search parameters anew, in the background, while searches go on. GET changes nothing and tells how far the parameters are that are being built, built anew or removed.',
    resource: ['Resource'],
    system: true,
    type: true,
    instance: false,
    affectsState: true,
    progressByGet: true,
    parameter: {
      parameter: {
        type: 'string',
        min: 0,
        max: '*',
        documentation:
          'The code of a search parameter: `birthdate`. Without it all parameters of the type, or of all types.',
      },
    },
    result: {
      name: 'return',
      type: 'Parameters',
      documentation: 'One parameter for each search parameter that is not complete, with its progress.',
    },
  },
  async ({ type, input, request }, context) => {
    if (!request.isSafe) {
      await requireKnown(type, input.parameter, context);
      await context.registry.rebuild(type, input.parameter);
    }
    return { status: 200, body: progress(await context.registry.states(), type, input.parameter) };
  },
);

/** @throws FhirError when a code is none, so that a misspelt one is not taken for a finished rebuild */
async function requireKnown(
  type: ResourceType | undefined,
  codes: readonly string[],
  { registry }: Context,
): Promise<void> {
  const known = (await registry.states()).filter((state) => !type || state.type === type).map(({ code }) => code);
  const wrong = codes.find((code) => !known.includes(code));
  if (wrong === undefined) return;
  const near = nearest(wrong, known);
  throw badValue(
    `${type ?? 'No type'} has ${type ? 'no' : 'a'} search parameter '${wrong}' with index rows${near ? `; did you mean '${near}'?` : ''}`,
    { expression: 'http.parameter' },
  );
}

function progress(
  all: readonly ParameterState[],
  type: ResourceType | undefined,
  codes: readonly string[],
): AnyResource {
  const asked = all.filter(
    (state) => (!type || state.type === type) && (codes.length === 0 || codes.includes(state.code)),
  );
  const busy = asked.filter(({ status }) => status !== 'active');
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'complete', valueInteger: asked.length - busy.length },
      { name: 'incomplete', valueInteger: busy.length },
      ...busy.map(stateParameter),
    ],
  };
}

function stateParameter({ type, code, url, status, done, total }: ParameterState): ParametersParameter {
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total));
  return {
    name: 'parameter',
    part: [
      { name: 'type', valueCode: type },
      { name: 'code', valueCode: code },
      { name: 'definition', valueUri: url },
      { name: 'status', valueCode: status },
      { name: 'meaning', valueString: states[status] },
      ...(status === 'dropping'
        ? []
        : [
            { name: 'done', valueInteger: done },
            { name: 'total', valueInteger: total },
            { name: 'percent', valueInteger: percent },
          ]),
    ],
  };
}
