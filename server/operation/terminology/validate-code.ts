/**
 * $validate-code on ValueSet and CodeSystem. https://hl7.org/fhir/R4/valueset-operation-validate-code.html
 * https://hl7.org/fhir/R4/codesystem-operation-validate-code.html
 */
import { FhirError } from '../../../resources/outcome.ts';
import type { Coding } from '../../../resources/types.ts';
import type { FhirResponse } from '../../interaction/interaction.ts';
import type { Concept } from '../../terminology/concepts.ts';
import { displayIn, isNameOf } from '../../terminology/display.ts';
import { membership } from '../../terminology/membership.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { answer, text } from './answer.ts';
import { codingsOf, subjectSystem, subjectValueSet, valueSetSubject } from './subject.ts';

interface Verdict {
  readonly result: boolean;
  readonly message?: string;
  readonly display?: string;
  readonly code?: string;
  readonly system?: string;
}

const codingText = ({ system, code }: Coding): string => `${system ? `${system}|` : ''}${code}`;

/** The code is there; is its display one of its names? */
function named(
  coding: Coding,
  system: string,
  concept: Concept | undefined,
  language: string | undefined,
  known?: string,
): Verdict {
  const display = (concept && displayIn(concept, language)) ?? known;
  const found = { code: coding.code ?? '', system, ...(display === undefined ? {} : { display }) };
  if (coding.display === undefined || display === undefined) return { result: true, ...found };
  const isRight = isNameOf(coding.display, concept ?? BARE) || isNameOf(coding.display, { ...BARE, display });
  if (isRight) return { result: true, ...found };
  return {
    result: false,
    message: `The display of ${codingText(coding)} is "${display}", found "${coding.display}"`,
    ...found,
  };
}

const BARE: Concept = { code: '', designations: [], properties: [], parents: [], abstract: false, inactive: false };

/** One right code is enough; otherwise what is wrong with each. What cannot be told of one is an error when no other is right. */
async function firstRight(
  codings: readonly Coding[],
  judge: (coding: Coding) => Promise<Verdict>,
): Promise<FhirResponse> {
  const verdicts: Verdict[] = [];
  let doubt: unknown;
  for (const coding of codings) {
    try {
      const verdict = await judge(coding);
      if (verdict.result) return respond(verdict);
      verdicts.push(verdict);
    } catch (error) {
      if (!(error instanceof FhirError) || error.status !== 404) throw error;
      doubt ??= error;
    }
  }
  if (doubt) throw doubt;
  const message = verdicts.map((each) => each.message).join('; ');
  return respond({ ...verdicts[0], result: false, message });
}

const respond = ({ result, message, display, code, system }: Verdict): FhirResponse =>
  answer([
    ['result', { valueBoolean: result }],
    text('message', message),
    text('display', display),
    code === undefined ? undefined : ['code', { valueCode: code }],
    system === undefined ? undefined : ['system', { valueUri: system }],
  ]);

const question = {
  code: { type: 'code', min: 0, max: '1', documentation: 'The code' },
  version: { type: 'string', min: 0, max: '1', documentation: 'The version of the code system' },
  display: { type: 'string', min: 0, max: '1', documentation: 'A name of the code, to be checked too' },
  coding: { type: 'Coding', min: 0, max: '1', documentation: 'The code with its system' },
  codeableConcept: { type: 'CodeableConcept', min: 0, max: '1', documentation: 'Codes of which one has to be right' },
  displayLanguage: { type: 'code', min: 0, max: '1', documentation: 'The language of the display in the answer' },
} as const;

const result = { name: 'result', type: 'boolean', documentation: 'Whether the code is right' } as const;

export const validateValueSetCode = (terminology: Terminology): Operation =>
  defineOperation(
    {
      code: 'validate-code',
      canonical: 'http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code',
      title: 'Is a code in a value set?',
      description: 'Whether a code is in a value set, and whether its display is one of its names.',
      resource: ['ValueSet'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        ...valueSetSubject,
        system: {
          type: 'uri',
          min: 0,
          max: '1',
          documentation: 'The code system; without it any of the value set counts',
        },
        ...question,
      },
      result,
    },
    async ({ id, input }, context) => {
      const { url, valueSetVersion, valueSet: given, displayLanguage } = input;
      const codings = codingsOf(input);
      const valueSet = await subjectValueSet({ id, url, version: valueSetVersion, given }, terminology, context);
      return firstRight(codings, async (coding) => {
        const found = await membership(valueSet, coding.system, coding.code ?? '', terminology);
        if (found.kind === 'yes') return named(coding, found.system, found.concept, displayLanguage, found.display);
        return {
          result: false,
          code: coding.code,
          system: coding.system,
          message: `${codingText(coding)} is not in the value set ${valueSet.url ?? valueSet.id ?? ''}`,
        };
      });
    },
  );

export const validateSystemCode = (terminology: Terminology): Operation =>
  defineOperation(
    {
      code: 'validate-code',
      canonical: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code',
      title: 'Is a code in a code system?',
      description: 'Whether a code system has a code, and whether its display is one of its names.',
      resource: ['CodeSystem'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        url: { type: 'uri', min: 0, max: '1', documentation: 'The URL of the code system' },
        codeSystem: { type: 'CodeSystem', min: 0, max: '1', documentation: 'The code system itself' },
        ...question,
      },
      result,
    },
    async ({ id, input }, context) => {
      const { url, version, codeSystem: given, displayLanguage } = input;
      const codings = codingsOf(input);
      return firstRight(codings, async (coding) => {
        const system = await subjectSystem({ id, url: url ?? coding.system, version, given }, terminology, context);
        const about = { code: coding.code, system: system.url };
        if (coding.system !== undefined && coding.system !== system.url)
          return { result: false, ...about, message: `${codingText(coding)} is not of the code system ${system.url}` };
        const concept = await system.find(coding.code ?? '');
        if (concept) return named(coding, system.url, concept, displayLanguage);
        const doubt = system.incomplete ? `; ${system.incomplete}` : '';
        return { result: false, ...about, message: `The code system ${system.url} has no code ${coding.code}${doubt}` };
      });
    },
  );
