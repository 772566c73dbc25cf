/** Questionnaire/$assemble: a modular form in one piece. https://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-assemble.html */
import { issue, operationOutcome } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { assembled, expectsAssembly } from './assemble/assembled.ts';
import { questionnaireFor, questionnaireParameter } from './find.ts';
import type { KnownForms } from './known-forms.ts';

export const assembleOperation = (known: KnownForms): Operation =>
  defineOperation(
    {
      code: 'assemble',
      canonical: 'http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-assemble',
      title: 'Assemble a modular Questionnaire',
      description:
        'The Questionnaire with the items of its sub-questionnaires in their places. The Questionnaire itself where there is nothing to tell, otherwise Parameters. Nothing is stored.',
      resource: ['Questionnaire'],
      system: false,
      type: true,
      instance: true,
      affectsState: false,
      parameter: { questionnaire: questionnaireParameter },
      result: [
        { name: 'return', type: 'Questionnaire', documentation: 'The assembled Questionnaire' },
        { name: 'outcome', type: 'OperationOutcome', documentation: 'What there is to tell', min: 0 },
      ],
    },
    async ({ id, input }, context) => {
      const modular = await questionnaireFor({ id, questionnaire: input.questionnaire }, known, context);
      const { questionnaire, issues } = await assembled(modular, known, context);
      const nothing =
        questionnaire === modular
          ? [
              issue(
                'informational',
                `The Questionnaire has no sub-questionnaires${expectsAssembly(modular) ? ', though it says that it has to be assembled' : ''}: it is as it was`,
                { severity: 'information' },
              ),
            ]
          : [];
      const told = [...issues, ...nothing];
      const body = questionnaire as unknown as AnyResource;
      if (told.length === 0) return { status: 200, body };
      const parameter = [
        { name: 'return', resource: body },
        { name: 'outcome', resource: operationOutcome(told) },
      ];
      return { status: 200, body: { resourceType: 'Parameters', parameter } as unknown as AnyResource };
    },
  );
