/** ConceptMap/$translate: what a code is elsewhere. https://hl7.org/fhir/R4/conceptmap-operation-translate.html */
import { notFound } from '../../../resources/outcome.ts';
import type { Coding, ConceptMap } from '../../../resources/types.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { type Translation, translations } from '../../terminology/translation.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { answer, type Part, partsOf, text } from './answer.ts';
import { codingsOf, subjectMaps } from './subject.ts';

/** Equivalences that say "there is none". https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html */
const NONE = new Set(['unmatched', 'disjoint']);

const match = ({ equivalence, concept, source, comment }: Translation): Part => [
  'match',
  {
    part: partsOf([
      ['equivalence', { valueCode: equivalence }],
      concept ? ['concept', { valueCoding: concept }] : undefined,
      source ? ['source', { valueUri: source }] : undefined,
      text('message', comment),
    ]),
  },
];

const fits = (
  { sourceUri, sourceCanonical, targetUri, targetCanonical }: ConceptMap,
  source: string | undefined,
  target: string | undefined,
): boolean =>
  (source === undefined || source === (sourceUri ?? sourceCanonical)) &&
  (target === undefined || target === (targetUri ?? targetCanonical));

export const translateOperation = (terminology: Terminology): Operation =>
  defineOperation(
    {
      code: 'translate',
      canonical: 'http://hl7.org/fhir/OperationDefinition/ConceptMap-translate',
      title: 'Translate a code',
      description: 'What a code is in another code system, by one concept map or by all that are here.',
      resource: ['ConceptMap'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: {
        url: { type: 'uri', min: 0, max: '1', documentation: 'The canonical of the concept map' },
        conceptMap: { type: 'ConceptMap', min: 0, max: '1', documentation: 'The concept map itself' },
        conceptMapVersion: { type: 'string', min: 0, max: '1', documentation: 'The version of the concept map' },
        code: { type: 'code', min: 0, max: '1', documentation: 'The code' },
        system: { type: 'uri', min: 0, max: '1', documentation: 'The code system of the code' },
        version: { type: 'string', min: 0, max: '1', documentation: 'The version of that code system' },
        source: { type: 'uri', min: 0, max: '1', documentation: 'The value set that the code comes from' },
        coding: { type: 'Coding', min: 0, max: '1', documentation: 'The code with its system' },
        codeableConcept: {
          type: 'CodeableConcept',
          min: 0,
          max: '1',
          documentation: 'Codes, each of which is translated',
        },
        target: { type: 'uri', min: 0, max: '1', documentation: 'The value set that the translation shall be of' },
        targetsystem: {
          type: 'uri',
          min: 0,
          max: '1',
          documentation: 'The code system that the translation shall be of',
        },
        reverse: { type: 'boolean', min: 0, max: '1', documentation: 'From target to source' },
      },
      result: { name: 'result', type: 'boolean', documentation: 'Whether there is a translation; each is a match' },
    },
    async ({ id, input }, context) => {
      const {
        url,
        conceptMap: given,
        conceptMapVersion: version,
        source,
        target,
        targetsystem,
        reverse = false,
      } = input;
      const codings = codingsOf(input);
      const named = await subjectMaps({ id, url, version, given }, terminology, context);
      const isNamed = id !== undefined || url !== undefined || given !== undefined;
      const maps = isNamed ? named : named.filter((each) => fits(each, source, target));
      if (maps.length === 0)
        throw notFound('No concept map that fits is available here; PUT one, or install a package that has it', {
          rule: 'concept-map-unknown',
        });
      const found = codings.flatMap((coding: Coding) =>
        maps.flatMap((map) =>
          translations(map, coding, { reverse, targetSystem: targetsystem, mapOf: terminology.conceptMap }),
        ),
      );
      const result = found.some(({ equivalence }) => !NONE.has(equivalence));
      const codes = codings.map(({ system, code }) => `${system ? `${system}|` : ''}${code}`).join(', ');
      return answer([
        ['result', { valueBoolean: result }],
        result ? undefined : ['message', { valueString: `There is no translation of ${codes}` }],
        ...found.map(match),
      ]);
    },
  );
