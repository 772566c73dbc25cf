/**
 * $fhirpath: tries an expression on a resource, with the engine that invariants and search parameters use. Its parameters are those of the servers
 * of FHIRPath Lab. An operation of ours.
 */
import { parseJson, stringifyJson } from '../../resources/json.ts';
import { tooLarge } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';
import { clientExpressions } from './fhirpath/evaluator.ts';
import { defineOperation } from './operation.ts';
import { requireVisible, resourceIn } from './visible.ts';

// Longer than any expression of R4, and short enough for the parser.
const LONGEST = 5_000;
/** Characters of the resource as JSON. */
const LARGEST = 2_000_000;

function requireShort(name: string, text: string, most: number): void {
  if (text.length > most)
    throw tooLarge(`The parameter ${name} has ${text.length} characters; $fhirpath takes ${most} at most`, {
      expression: `http.${name}`,
    });
}

export const fhirpath = defineOperation(
  {
    code: 'fhirpath',
    title: 'Evaluate FHIRPath',
    description:
      'What a FHIRPath expression gives on a resource: one result, or one for each item that the context selects. Nothing is fetched and nothing is stored.',
    resource: ['Resource'],
    system: true,
    type: false,
    instance: true,
    affectsState: false,
    parameter: {
      expression: { type: 'string', min: 1, max: '1', documentation: 'The FHIRPath expression' },
      context: {
        type: 'string',
        min: 0,
        max: '1',
        documentation: 'Selects what the expression is evaluated on, item by item; the resource when absent',
      },
      resource: {
        type: 'Resource',
        min: 0,
        max: '1',
        documentation: 'On an instance it may be left out: then what is stored. Otherwise the expression has no input',
      },
    },
    result: {
      name: 'result',
      type: 'string',
      documentation:
        'A part for each value, named by its type, behind a part trace for each call of trace(); the value is the item of the context',
    },
  },
  async ({ type, id, input: { expression, context, resource } }, within) => {
    const stored = type && id && !resource ? resourceIn(await requireVisible(type, id, within)) : undefined;
    requireShort('expression', expression, LONGEST);
    requireShort('context', context ?? '', LONGEST);
    const text = stringifyJson(resource ?? stored ?? {});
    requireShort('resource', text, LARGEST);
    const results = await clientExpressions.evaluate({
      expression,
      ...(context === undefined ? {} : { context }),
      resource: text,
    });
    const described = {
      name: 'parameters',
      part: [
        { name: 'evaluator', valueString: 'fhirpath.js 5.2.0 (R4)' },
        { name: 'expression', valueString: expression },
        ...(context === undefined ? [] : [{ name: 'context', valueString: context }]),
      ],
    };
    const parameter = [described, ...(parseJson(results) as object[])];
    return { status: 200, body: { resourceType: 'Parameters', parameter } as unknown as AnyResource };
  },
);
