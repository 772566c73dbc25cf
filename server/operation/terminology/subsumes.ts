/** CodeSystem/$subsumes: how two codes stand to each other. https://hl7.org/fhir/R4/codesystem-operation-subsumes.html */
import { invalid, notFound } from '../../../resources/outcome.ts';
import type { Coding } from '../../../resources/types.ts';
import type { Concepts } from '../../terminology/concepts.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { answer } from './answer.ts';
import { codingsOf, subjectSystem } from './subject.ts';

export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed';

/** @throws FhirError 404 when the system has not both codes */
export async function subsumption(system: Concepts, a: string, b: string): Promise<Subsumption> {
  const [codeA, codeB] = [await requireCode(system, a), await requireCode(system, b)];
  if (codeA === codeB) return 'equivalent';
  if (await system.isA(codeB, codeA)) return 'subsumes';
  return (await system.isA(codeA, codeB)) ? 'subsumed-by' : 'not-subsumed';
}

async function requireCode(system: Concepts, code: string): Promise<string> {
  const concept = await system.find(code);
  if (!concept) throw notFound(`The code system ${system.url} has no code ${code}`, { rule: 'code-unknown' });
  return concept.code;
}

const code = (name: string) => ({ type: 'code', min: 0, max: '1', documentation: `The code ${name}` }) as const;
const coding = (name: string) =>
  ({ type: 'Coding', min: 0, max: '1', documentation: `The code ${name} with its system` }) as const;

export const subsumesOperation = (terminology: Terminology): Operation =>
  defineOperation(
    {
      code: 'subsumes',
      canonical: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes',
      title: 'How two codes stand to each other',
      description: 'Whether A is B, lies above it, lies below it, or neither.',
      resource: ['CodeSystem'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        codeA: code('A'),
        codeB: code('B'),
        codingA: coding('A'),
        codingB: coding('B'),
        system: { type: 'uri', min: 0, max: '1', documentation: 'The URL of the code system of both' },
        version: { type: 'string', min: 0, max: '1', documentation: 'The version of the code system' },
      },
      result: { name: 'outcome', type: 'code', documentation: 'equivalent, subsumes, subsumed-by or not-subsumed' },
    },
    async ({ id, input }, context) => {
      const { system: url, version } = input;
      const [a] = codingsOf({ code: input.codeA, system: url, coding: input.codingA }) as [Coding];
      const [b] = codingsOf({ code: input.codeB, system: url, coding: input.codingB }) as [Coding];
      if (a.system !== b.system)
        throw invalid(
          `Codes of one system are compared; A is of ${a.system ?? 'none'} and B of ${b.system ?? 'none'}`,
          {
            expression: 'http.codingB',
          },
        );
      const system = await subjectSystem(
        { id, url: url ?? a.system, version: version ?? a.version },
        terminology,
        context,
      );
      return answer([['outcome', { valueCode: await subsumption(system, a.code ?? '', b.code ?? '') }]]);
    },
  );
