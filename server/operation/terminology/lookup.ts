/** CodeSystem/$lookup: what a code means. https://hl7.org/fhir/R4/codesystem-operation-lookup.html */
import { invalid, notFound } from '../../../resources/outcome.ts';
import type { Coding, ParametersParameter } from '../../../resources/types.ts';
import type { Concept, Concepts } from '../../terminology/concepts.ts';
import { displayIn } from '../../terminology/display.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { answer, type Part, partsOf } from './answer.ts';
import { codingsOf, subjectSystem } from './subject.ts';

const property = (code: string, value: object, description?: string): Part => [
  'property',
  {
    part: [
      { name: 'code', valueCode: code },
      { name: 'value', ...value },
      ...(description === undefined ? [] : [{ name: 'description', valueString: description }]),
    ] as ParametersParameter[],
  },
];

const valueName = (type: string): string => `value${type.charAt(0).toUpperCase()}${type.slice(1)}`;

/** Parents, children, and what else is said of the concept; `wanted` names them, all when it is empty. */
async function properties(system: Concepts, concept: Concept, wanted: readonly string[]): Promise<readonly Part[]> {
  const asked = (code: string): boolean => wanted.length === 0 || wanted.includes(code);
  const related = async (name: string, codes: readonly string[]): Promise<readonly Part[]> =>
    asked(name)
      ? Promise.all(codes.map(async (code) => property(name, { valueCode: code }, (await system.find(code))?.display)))
      : [];
  return [
    ...(await related('parent', concept.parents)),
    ...(await related('child', await system.children(concept.code))),
    ...(asked('inactive') ? [property('inactive', { valueBoolean: concept.inactive })] : []),
    ...concept.properties
      .filter(({ code }) => asked(code) && !['parent', 'child', 'inactive'].includes(code))
      .map(({ code, type, value }) => property(code, { [valueName(type)]: value })),
  ];
}

const designations = (concept: Concept): readonly Part[] =>
  concept.designations.map(({ language, use, value }) => [
    'designation',
    {
      part: partsOf([
        language === undefined ? undefined : ['language', { valueCode: language }],
        use === undefined ? undefined : ['use', { valueCoding: use as Coding }],
        ['value', { valueString: value }],
      ]),
    },
  ]);

export const lookupOperation = (terminology: Terminology): Operation =>
  defineOperation(
    {
      code: 'lookup',
      canonical: 'http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup',
      title: 'What a code means',
      description: 'The display, definition, designations and properties of a code.',
      resource: ['CodeSystem'],
      system: false,
      type: true,
      instance: false,
      affectsState: false,
      parameter: {
        code: { type: 'code', min: 0, max: '1', documentation: 'The code' },
        system: { type: 'uri', min: 0, max: '1', documentation: 'The URL of its code system' },
        version: { type: 'string', min: 0, max: '1', documentation: 'The version of the code system' },
        coding: { type: 'Coding', min: 0, max: '1', documentation: 'The code with its system' },
        displayLanguage: { type: 'code', min: 0, max: '1', documentation: 'The language of the display' },
        property: { type: 'code', min: 0, max: '*', documentation: 'What is wanted; everything when nothing is named' },
      },
      result: {
        name: 'display',
        type: 'string',
        documentation: 'The preferred name, beside name, version and properties',
      },
    },
    async ({ input }, context) => {
      const [coding = {}] = codingsOf(input);
      if (coding.system === undefined)
        throw invalid('A code is looked up in its system, and none is given', { expression: 'http.system' });
      const version = input.version ?? coding.version;
      const system = await subjectSystem({ url: coding.system, version }, terminology, context);
      const concept = await system.find(coding.code ?? '');
      if (!concept) {
        const doubt = system.incomplete ? `; ${system.incomplete}` : '';
        throw notFound(`The code system ${system.url} has no code ${coding.code}${doubt}`, { rule: 'code-unknown' });
      }
      const wanted = input.property.map(String);
      const asked = (name: string) => wanted.length === 0 || wanted.includes(name);
      return answer([
        ['name', { valueString: system.name }],
        system.version === undefined ? undefined : ['version', { valueString: system.version }],
        ['display', { valueString: displayIn(concept, input.displayLanguage) ?? concept.code }],
        ...(asked('designation') ? designations(concept) : []),
        concept.definition === undefined || !asked('definition')
          ? undefined
          : property('definition', { valueString: concept.definition }),
        ...(await properties(system, concept, wanted)),
      ]);
    },
  );
