/** Questionnaire/$assemble. https://hl7.org/fhir/uv/sdc/modular.html */
import { strict as assert } from 'node:assert';
import type {
  Extension,
  OperationOutcome,
  Parameters,
  Questionnaire,
  QuestionnaireItem,
  ValueSet,
} from '../../../resources/types.ts';
import { onEveryDatabase } from '../../server-under-test.ts';
import { answersTo, core, fhirpath, form, initial, launch, practice, sdc } from './forms.ts';

const module = (linkId: string, canonical: string): QuestionnaireItem => ({
  linkId,
  type: 'display',
  text: 'not available',
  extension: [{ url: sdc('subQuestionnaire'), valueCanonical: canonical }],
});
const expects = (valueCode: string): Extension => ({ url: sdc('assemble-expectation'), valueCode });
const needs = (valueString: string): Extension => ({ url: sdc('assembleContext'), valueString });
const prefix = (expression: string): Extension => fhirpath(core('variable'), expression, 'linkIdPrefix');

/** As the modular example of SDC: a person's name, put into a form once for the person and once for each contact. */
const name = form(
  'module-name',
  [
    { linkId: '1', type: 'string', text: 'First name', extension: [initial('%name.given.first()')] },
    {
      linkId: '2',
      type: 'string',
      text: 'Last name',
      extension: [initial('%name.family')],
      enableWhen: [{ question: '1', operator: 'exists', answerBoolean: true }],
    },
    { linkId: '3', type: 'choice', text: 'Title', answerValueSet: '#titles' },
  ],
  [
    expects('assemble-child'),
    needs('linkIdPrefix'),
    needs('person'),
    fhirpath(core('variable'), '%person.name.first()', 'name'),
  ],
);
const nameWithTitles: Questionnaire = {
  ...name,
  contained: [
    {
      resourceType: 'ValueSet',
      id: 'titles',
      status: 'active',
      compose: { include: [{ system: 'https://practice.example/titles', concept: [{ code: 'dr' }] }] },
    } as ValueSet,
  ],
};
const contact = form(
  'module-contact',
  [
    {
      linkId: '1',
      type: 'group',
      extension: [prefix("%linkIdPrefix + 'name.'")],
      item: [module('1.1', `${practice}/module-name|1.0`)],
    },
    {
      linkId: '2',
      type: 'string',
      text: 'Phone',
      extension: [initial("%person.telecom.where(system = 'phone').value")],
    },
  ],
  [expects('assemble-child'), needs('linkIdPrefix'), needs('person'), launch('user', 'Practitioner')],
);
const root = form(
  'module-root',
  [
    {
      linkId: '1',
      type: 'group',
      text: 'You',
      extension: [prefix("'you.'")],
      item: [module('1.1', `${practice}/module-name|1.0`)],
    },
    {
      linkId: '2',
      type: 'group',
      text: 'Contacts',
      repeats: true,
      extension: [fhirpath(sdc('itemPopulationContext'), '%patient.contact', 'person'), prefix("'contact.'")],
      item: [module('2.1', `${practice}/module-contact|1.0`)],
    },
  ],
  [expects('assemble-root'), launch('patient', 'Patient'), fhirpath(core('variable'), '%patient', 'person')],
);

onEveryDatabase('$assemble', (server) => {
  const put = async (resource: object & { readonly resourceType: string; readonly id?: string }) => {
    const { status, text } = await server().http.put(`/fhir/${resource.resourceType}/${resource.id}`).send(resource);
    assert.ok(status < 300, text);
  };
  const call = async (questionnaire: Questionnaire, status = 200) => {
    const answer = await server()
      .http.post('/fhir/Questionnaire/$assemble')
      .set('Content-Type', 'application/fhir+json')
      .send(questionnaire);
    assert.equal(answer.status, status, answer.text.slice(0, 1_000));
    return answer.body;
  };
  const assemble = async (questionnaire: Questionnaire) => {
    const body = (await call(questionnaire)) as Parameters | Questionnaire;
    if (body.resourceType === 'Questionnaire') return { assembled: body, issues: [] };
    const found = (each: string) => body.parameter?.find((parameter) => parameter.name === each)?.resource;
    const outcome = found('outcome') as OperationOutcome | undefined;
    return {
      assembled: found('return') as Questionnaire,
      issues: outcome?.issue.map(({ diagnostics = '' }) => diagnostics) ?? [],
    };
  };
  const refused = async (questionnaire: Questionnaire): Promise<string> =>
    ((await call(questionnaire, 422)) as OperationOutcome).issue.map(({ diagnostics }) => diagnostics).join('\n');
  const linkIds = (items: readonly QuestionnaireItem[] = []): readonly string[] =>
    items.flatMap(({ linkId, item }) => [linkId, ...linkIds(item)]);
  const urls = ({ extension = [] }: { readonly extension?: readonly Extension[] }, url: string) =>
    extension.filter((each) => each.url === url);

  before(async () => {
    for (const each of [nameWithTitles, contact, root]) await put(each);
    await put({
      resourceType: 'Patient',
      id: 'maria',
      name: [{ family: 'Delgado', given: ['Maria'] }],
      contact: [{ name: { family: 'Ortiz', given: ['Pablo'] }, telecom: [{ system: 'phone', value: '555-0102' }] }],
    } as never);
  });

  it('puts the items of modules in the place of the displays that name them, with their prefix', async () => {
    const { assembled, issues } = await assemble(root);
    assert.deepEqual(issues, []);
    assert.deepEqual(linkIds(assembled.item), [
      '1',
      'you.1',
      'you.2',
      'you.3',
      '2',
      'contact.1',
      'contact.name.1',
      'contact.name.2',
      'contact.name.3',
      'contact.2',
    ]);
    assert.equal(assembled.item?.[0]?.item?.[1]?.enableWhen?.[0]?.question, 'you.1');
    assert.equal(assembled.item?.[0]?.item?.[2]?.answerValueSet, '#you.titles');
    assert.deepEqual(
      assembled.contained?.map(({ id }) => id),
      ['you.titles', 'contact.name.titles'],
    );
  });

  it('says what it is made of, and that it needs no assembly', async () => {
    const { assembled } = await assemble(root);
    assert.equal(assembled.url, root.url);
    assert.equal(assembled.version, '1.0-assembled');
    assert.equal(assembled.id, undefined);
    assert.deepEqual(
      urls(assembled, sdc('assembledFrom')).map(({ valueCanonical }) => valueCanonical),
      [`${practice}/module-name|1.0`, `${practice}/module-contact|1.0`],
    );
    assert.deepEqual(urls(assembled, sdc('assemble-expectation')), []);
    const both = await assemble({
      ...root,
      extension: [expects('assemble-root-or-child'), ...(root.extension ?? []).slice(1)],
    });
    assert.deepEqual(urls(both.assembled, sdc('assemble-expectation')), [expects('independent-root-or-child')]);
  });

  it('gives launch contexts to the form, and variables to what the module stands in', async () => {
    const { assembled } = await assemble(root);
    assert.equal(urls(assembled, sdc('launchContext')).length, 2);
    const [you] = assembled.item ?? [];
    assert.deepEqual(
      urls(you ?? {}, core('variable')).map(({ valueExpression }) => valueExpression?.name),
      ['linkIdPrefix', 'name'],
    );
  });

  it('is valid, and works on an instance', async () => {
    const { assembled } = await assemble(root);
    const { body } = await server().http.post('/fhir/Questionnaire/$validate').send(assembled);
    // The guide is not installed, so its extensions are not known.
    const wrong = (body as OperationOutcome).issue.filter(
      ({ severity, details }) => severity === 'error' && details?.coding?.[0]?.code !== 'extension-unknown',
    );
    assert.deepEqual(wrong, []);
    const stored = await server().http.get('/fhir/Questionnaire/module-root/$assemble');
    assert.deepEqual(linkIds(stored.body.item), linkIds(assembled.item));
  });

  it('is done by $populate first', async () => {
    const { body } = await server()
      .http.post('/fhir/Questionnaire/module-root/$populate')
      .set('Content-Type', 'application/fhir+json')
      .send({
        resourceType: 'Parameters',
        parameter: [{ name: 'subject', valueReference: { reference: 'Patient/maria' } }],
      });
    const response = body.parameter[0].resource;
    assert.deepEqual(
      ['you.1', 'you.2', 'contact.name.1', 'contact.2'].map((linkId) => answersTo(linkId, response)),
      [['Maria'], ['Delgado'], ['Pablo'], ['555-0102']],
    );
  });

  it('is done by $extract again, for a response to the assembled form', async () => {
    const coded: QuestionnaireItem = {
      linkId: 'weight',
      type: 'integer',
      code: [{ system: 'http://loinc.org', code: '29463-7' }],
      extension: [{ url: sdc('observationExtract'), valueBoolean: true }],
    };
    await put(form('module-weight', [coded], [expects('assemble-child')]));
    await put(form('weighing', [module('m', `${practice}/module-weight|1.0`)], [expects('assemble-root')]));
    const populated = await server().http.get('/fhir/Questionnaire/weighing/$populate');
    const { questionnaire } = populated.body.parameter[0].resource;
    assert.equal(questionnaire, `${practice}/weighing|1.0-assembled`);
    const { body } = await server()
      .http.post('/fhir/QuestionnaireResponse/$extract')
      .set('Content-Type', 'application/fhir+json')
      .send({
        resourceType: 'QuestionnaireResponse',
        questionnaire,
        status: 'completed',
        item: [{ linkId: 'weight', answer: [{ valueInteger: 71 }] }],
      });
    assert.equal(body.parameter[0].resource.entry[0].resource.valueInteger, 71);
  });

  it('leaves a form without modules as it is, and says so', async () => {
    const plain = form('plain', [{ linkId: 'a', type: 'string' }]);
    const { assembled, issues } = await assemble(plain);
    assert.deepEqual(assembled, plain);
    assert.match(issues.join(), /no sub-questionnaires/);
  });

  it('tells what may change meanwhile', async () => {
    await put(form('module-silent', [{ linkId: 'x', type: 'string' }]));
    const { issues } = await assemble(form('loose', [module('a', `${practice}/module-silent`)]));
    assert.match(issues.join('\n'), /without its version/);
    assert.match(issues.join('\n'), /does not say \(assemble-expectation\)/);
  });

  describe('refuses', () => {
    const child = (
      id: string,
      items: readonly QuestionnaireItem[],
      extension: readonly Extension[] = [],
      more: Partial<Questionnaire> = {},
    ) => put({ ...form(id, items, [expects('assemble-child'), ...extension]), ...more });
    const asking = (id: string, ...more: readonly QuestionnaireItem[]) =>
      form('asking', [module('m', `${practice}/${id}|1.0`), ...more]);

    it('modules that include themselves, naming the way', async () => {
      await child('a', [module('x', `${practice}/b|1.0`)]);
      await child('b', [module('y', `${practice}/a|1.0`)]);
      assert.match(await refused(asking('a')), /include themselves: .*\/a\|1\.0 -> .*\/b\|1\.0 -> .*\/a\|1\.0/);
    });

    it('one that is not known, and one that is no module', async () => {
      assert.match(
        await refused(asking('nowhere')),
        /nowhere\|1\.0, which stands in the place of 'm', is not known here/,
      );
      await put(form('whole', [{ linkId: 'x', type: 'string' }], [expects('assemble-root')]));
      assert.match(await refused(asking('whole')), /assemble-expectation is assemble-root/);
    });

    it('one whose variables are not there', async () => {
      assert.match(
        await refused(form('asking', [module('m', `${practice}/module-name|1.0`)])),
        /needs the variable linkIdPrefix[\s\S]*needs the variable person/,
      );
    });

    it('linkIds that are there twice', async () => {
      await child('twice', [{ linkId: 'x', type: 'string' }]);
      assert.match(await refused(asking('twice', { linkId: 'x', type: 'string' })), /linkId 'x'/);
    });

    it('what belongs on a group, another language, an adaptive form', async () => {
      await child(
        'rooted',
        [{ linkId: 'x', type: 'string' }],
        [{ url: sdc('observationExtract'), valueBoolean: true }],
        { language: 'es' },
      );
      const text = await refused(asking('rooted'));
      assert.match(text, /observationExtract at its root/);
      assert.match(text, /its language is es/);
    });

    it('a module in the place of a question, and a prefix that is no text', async () => {
      await child('fine', [{ linkId: 'x', type: 'string' }]);
      const question = { ...module('m', `${practice}/fine|1.0`), type: 'string' } as const;
      assert.match(await refused(form('asking', [question])), /'m' is a string/);
      const group: QuestionnaireItem = {
        linkId: 'g',
        type: 'group',
        extension: [prefix('%patient.id')],
        item: [module('m', `${practice}/fine|1.0`)],
      };
      assert.match(await refused(form('asking', [group])), /linkIdPrefix is %patient\.id/);
    });

    it('modules of modules without end', async () => {
      await child('m0', [{ linkId: 'x', type: 'string' }]);
      for (let at = 1; at < 9; at++)
        await child(
          `m${at}`,
          ['p', 'q', 'r'].map((letter) => ({
            linkId: letter,
            type: 'group',
            extension: [prefix(`%linkIdPrefix + '${letter}.'`)],
            item: [module(`${letter}m`, `${practice}/m${at - 1}|1.0`)],
          })),
        );
      assert.match(await refused(asking('m8')), /more than 10 deep, or more than 200/);
    });
  });
});
