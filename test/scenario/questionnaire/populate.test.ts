/** Questionnaire/$populate. https://hl7.org/fhir/uv/sdc/populate.html */
import { strict as assert } from 'node:assert';
import type {
  Extension,
  OperationOutcome,
  Parameters,
  ParametersParameter,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
} from '../../../resources/types.ts';
import { onEveryDatabase } from '../../server-under-test.ts';
import { answersTo, core, fhirpath, form, initial, itemsOf, launch, practice, query, sdc } from './forms.ts';

const loinc = (code: string) => ({ system: 'http://loinc.org', code });
const ucum = (value: number, code: string) => ({ value, unit: code, system: 'http://unitsofmeasure.org', code });
const maria = { reference: 'Patient/maria' };

onEveryDatabase(
  '$populate',
  (server) => {
    const call = async (path: string, parameter: readonly ParametersParameter[], status = 200) => {
      const answer = await server()
        .http.post(`/fhir/${path}`)
        .set('Content-Type', 'application/fhir+json')
        .send({ resourceType: 'Parameters', parameter });
      assert.equal(answer.status, status, answer.text.slice(0, 1_000));
      return answer.body as Parameters;
    };
    const subject: ParametersParameter = { name: 'subject', valueReference: maria };
    const read = ({ parameter = [] }: Parameters) => ({
      response: parameter.find(({ name }) => name === 'response')?.resource as QuestionnaireResponse,
      issues: (
        (parameter.find(({ name }) => name === 'issues')?.resource as OperationOutcome | undefined)?.issue ?? []
      ).map(({ diagnostics = '' }) => diagnostics),
    });
    /** The response of a form that is sent, and what is told. */
    const populated = async (questionnaire: Questionnaire, ...more: readonly ParametersParameter[]) =>
      read(
        await call('Questionnaire/$populate', [{ name: 'questionnaire', resource: questionnaire }, subject, ...more]),
      );
    const items = async (
      item: readonly QuestionnaireItem[],
      extension: readonly Extension[] = [],
      ...more: readonly ParametersParameter[]
    ) => populated(form('sent', item, extension), ...more);

    const put = async (resource: { readonly resourceType: string; readonly id?: string }) => {
      const { status, text } = await server().http.put(`/fhir/${resource.resourceType}/${resource.id}`).send(resource);
      assert.ok(status < 300, text);
    };

    const weightOn = (id: string, day: string, more: object) => ({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { coding: [loinc('29463-7')] },
      subject: maria,
      effectiveDateTime: day,
      valueQuantity: ucum(70, 'kg'),
      ...more,
    });
    const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

    before(async () => {
      await put({
        resourceType: 'Patient',
        id: 'maria',
        gender: 'female',
        birthDate: '1984-05-02',
        name: [{ use: 'official', family: 'Delgado', given: ['Maria', 'Luz'] }],
        telecom: [{ system: 'phone', value: '555-0101' }],
        contact: [
          { name: { family: 'Delgado', given: ['Ines'] }, telecom: [{ system: 'phone', value: '555-0102' }] },
          { name: { family: 'Ortiz', given: ['Pablo'] } },
        ],
      } as never);
      await put({ resourceType: 'Patient', id: 'tom', name: [{ family: 'Secret' }] } as never);
      const problem = (id: string, text: string, of = maria) =>
        put({
          resourceType: 'Condition',
          id,
          subject: of,
          code: { text, coding: [{ system: 'http://snomed.info/sct', code: id }] },
        } as never);
      await problem('35489007', 'Depressive disorder');
      await problem('197480006', 'Anxiety disorder');
      await problem('38341003', 'Hypertension', { reference: 'Patient/tom' });
      await put(weightOn('old', daysAgo(400), { valueQuantity: ucum(66, 'kg') }));
      await put(weightOn('recent', daysAgo(20), { valueQuantity: ucum(71.5, 'kg') }));
      await put(
        weightOn('later-without-value', daysAgo(2), {
          valueQuantity: undefined,
          dataAbsentReason: { text: 'refused' },
        }),
      );
      await put(weightOn('later-preliminary', daysAgo(1), { status: 'preliminary', valueQuantity: ucum(99, 'kg') }));
      await put(
        weightOn('of-the-child', daysAgo(1), { focus: [{ reference: 'Patient/tom' }], valueQuantity: ucum(3, 'kg') }),
      );
      await put({ resourceType: 'Practitioner', id: 'ana', name: [{ family: 'Ruiz' }] } as never);
      await put({
        resourceType: 'Encounter',
        id: 'visit',
        status: 'in-progress',
        class: { code: 'AMB' },
        subject: maria,
        period: { start: '2026-03-02' },
      } as never);
    });

    it('gives an unanswered response to our own form: its questions in their order, for the subject', async () => {
      const { response, issues } = read(await call('Questionnaire/phq-9/$populate', [subject]));
      assert.equal(response.status, 'in-progress');
      assert.equal(response.questionnaire, 'http://loinc.org/q/44249-1|1.0.0');
      assert.deepEqual(response.subject, maria);
      assert.match(response.authored ?? '', /^\d{4}-\d\d-\d\dT/);
      assert.equal(response.item?.length, 12);
      assert.equal(response.item?.[1]?.text, 'Little interest or pleasure in doing things');
      assert.ok(itemsOf(response).every(({ answer }) => answer === undefined));
      assert.deepEqual(issues, []);
    });

    it('gives what can be stored, and is stored', async () => {
      const { response } = read(await call('Questionnaire/phq-9/$populate', [subject]));
      const { status } = await server().http.post('/fhir/QuestionnaireResponse').send(response);
      assert.equal(status, 201);
    });

    it('finds the Questionnaire by canonical, by reference and by identifier', async () => {
      const identifier = { system: 'https://practice.example/forms', value: 'F-1' };
      await put({ ...form('by-name', [{ linkId: 'a', type: 'string' }]), identifier: [identifier] } as never);
      for (const parameter of [
        { name: 'questionnaire', valueUri: `${practice}/by-name` },
        { name: 'questionnaire', valueCanonical: `${practice}/by-name|1.0` },
        { name: 'questionnaire', valueReference: { reference: 'Questionnaire/by-name' } },
        { name: 'identifier', valueIdentifier: identifier },
      ]) {
        const { response } = read(await call('Questionnaire/$populate', [parameter, subject]));
        assert.equal(response.questionnaire, `${practice}/by-name|1.0`);
      }
      const get = await server().http.get(`/fhir/Questionnaire/$populate?questionnaire=${practice}/by-name`);
      assert.equal(get.status, 200, get.text);
      const { body } = await server().http.get(`/fhir/Questionnaire/phq-9/$populate?subject=${maria.reference}`);
      assert.deepEqual(read(body).response.subject, maria);
    });

    it('refuses what does not say which, is not known, or is about somebody else', async () => {
      await call('Questionnaire/$populate', [subject], 400);
      await call(
        'Questionnaire/$populate',
        [{ name: 'questionnaire', valueUri: 'https://practice.example/none' }, subject],
        404,
      );
      await call(
        'Questionnaire/phq-9/$populate',
        [{ name: 'subject', valueReference: { reference: 'Patient/nobody' } }],
        404,
      );
      await call(
        'Questionnaire/phq-9/$populate',
        [{ name: 'subject', valueReference: { reference: 'Practitioner/ana' } }],
        400,
      );
      await call(
        'Questionnaire/phq-9/$populate',
        [subject, { name: 'context', part: [{ name: 'name', valueString: 'x' }] }],
        400,
      );
      await call('Questionnaire/phq-9/$populate', [subject, { name: 'contxt', valueString: 'x' }], 400);
    });

    describe('by expressions', () => {
      it('knows the subject as %patient', async () => {
        const { response, issues } = await items(
          [
            { linkId: 'family', type: 'string', extension: [initial("%patient.name.where(use = 'official').family")] },
            { linkId: 'given', type: 'string', repeats: true, extension: [initial('%patient.name.given')] },
            { linkId: 'born', type: 'date', extension: [initial('%patient.birthDate')] },
          ],
          [launch('patient', 'Patient')],
        );
        assert.deepEqual(issues, []);
        assert.deepEqual(answersTo('family', response), ['Delgado']);
        assert.deepEqual(answersTo('given', response), ['Maria', 'Luz']);
        assert.deepEqual(answersTo('born', response), ['1984-05-02']);
      });

      it('takes contexts that are sent, as resources and as references', async () => {
        const { response, issues } = await items(
          [
            { linkId: 'who', type: 'string', extension: [initial('%user.name.family')] },
            { linkId: 'class', type: 'string', extension: [initial('%encounter.class.code')] },
          ],
          [launch('user', 'Practitioner'), launch('encounter', 'Encounter')],
          {
            name: 'context',
            part: [
              { name: 'name', valueString: 'user' },
              { name: 'content', valueReference: { reference: 'Practitioner/ana' } },
            ],
          },
          {
            name: 'context',
            part: [
              { name: 'name', valueString: 'encounter' },
              {
                name: 'content',
                resource: { resourceType: 'Encounter', id: 'visit', status: 'planned', class: { code: 'VR' } } as never,
              },
            ],
          },
        );
        assert.deepEqual(issues, []);
        assert.deepEqual(answersTo('who', response), ['Ruiz']);
        assert.deepEqual(answersTo('class', response), ['VR']);
        assert.deepEqual(response.encounter, { reference: 'Encounter/visit' });
      });

      it('tells which context is missing, of another type, or asked for by nothing', async () => {
        const { response, issues } = await items(
          [{ linkId: 'where', type: 'string', extension: [initial('%location.name')] }],
          [launch('location', 'Location'), launch('user', 'Practitioner')],
          {
            name: 'context',
            part: [
              { name: 'name', valueString: 'user' },
              { name: 'content', resource: { resourceType: 'Organization', id: 'o' } },
            ],
          },
          {
            name: 'context',
            part: [
              { name: 'name', valueString: 'shoe' },
              { name: 'content', resource: { resourceType: 'Device', id: 'd' } },
            ],
          },
        );
        assert.deepEqual(answersTo('where', response), []);
        assert.match(issues.join('\n'), /'location' \(Location\)/);
        assert.match(issues.join('\n'), /'user' has the type Organization; the Questionnaire asks for Practitioner/);
        assert.match(issues.join('\n'), /no launchContext or variable 'shoe'/);
      });

      it('asks no other person when the subject is somebody', async () => {
        const { response } = await items(
          [
            {
              linkId: 'problems',
              type: 'string',
              repeats: true,
              extension: [initial('%problems.entry.resource.code.text')],
            },
          ],
          [
            launch('patient', 'Patient'),
            query(core('variable'), 'Condition?patient={{%patient.id}}&_sort=code', 'problems'),
          ],
        );
        assert.deepEqual([...answersTo('problems', response)].sort(), ['Anxiety disorder', 'Depressive disorder']);
      });

      it('searches with variables of variables, in the order in which they stand', async () => {
        const { response, issues } = await items(
          [{ linkId: 'count', type: 'integer', extension: [initial('%problems.entry.count()')] }],
          [
            fhirpath(core('variable'), "'197480006'", 'code'),
            query(core('variable'), 'Condition?patient={{%patient.id}}&code={{%code}}', 'problems'),
          ],
        );
        assert.deepEqual(issues, []);
        assert.deepEqual(answersTo('count', response), [1]);
      });

      it('carries out the searches of a contained Bundle, known by its id', async () => {
        const bundle = {
          resourceType: 'Bundle',
          id: 'Source',
          type: 'batch',
          entry: ['Patient?_id={{%25patient.id}}', 'Condition?patient={{%patient.id}}', 'Patient?nonsense=1'].map(
            (url) => ({
              request: { method: 'GET', url },
            }),
          ),
        };
        const asked = form(
          'sent',
          [
            {
              linkId: 'family',
              type: 'string',
              extension: [initial('%Source.entry[0].resource.entry.resource.name.family')],
            },
            { linkId: 'problems', type: 'integer', extension: [initial('%Source.entry[1].resource.entry.count()')] },
          ],
          [launch('patient', 'Patient'), { url: sdc('sourceQueries'), valueReference: { reference: '#Source' } }],
        );
        const { response, issues } = await populated({ ...asked, contained: [bundle as never] });
        assert.deepEqual([...answersTo('family', response), ...answersTo('problems', response)], ['Delgado', 2]);
        assert.equal(issues.length, 1);
        assert.match(issues[0] ?? '', /The search 3 of Source cannot be searched for: .*nonsense/);
      });

      it('searches for nothing where a part of the search has no value, rather than for everybody', async () => {
        const { response, issues } = await items(
          [{ linkId: 'count', type: 'integer', extension: [initial('%all.entry.count()')] }],
          [query(core('variable'), 'Condition?patient={{%patient.multipleBirth}}', 'all')],
        );
        assert.deepEqual(answersTo('count', response), [0]);
        assert.match(issues[0] ?? '', /variable all stays empty/);
      });

      it('goes to no other server, and searches strictly', async () => {
        for (const [search, reason] of [
          ['https://elsewhere.example/fhir/Condition?patient=1', /no search and no read on this server/],
          ['$reindex', /no search and no read/],
          ['Condition', /no criteria/],
          ['Condition?nonsense=1', /nonsense/],
          ['Observation/of-nobody', /not known/],
        ] as const) {
          const { issues } = await items(
            [{ linkId: 'a', type: 'string', extension: [initial('%all.id')] }],
            [query(core('variable'), search, 'all')],
          );
          assert.match(issues.join('\n'), reason);
        }
      });

      it('asks nothing that is stored when local is false', async () => {
        const { response } = await items(
          [
            { linkId: 'family', type: 'string', extension: [initial('%patient.name.family')] },
            {
              linkId: 'weight',
              type: 'quantity',
              code: [loinc('29463-7')],
              extension: [{ url: sdc('observationLinkPeriod'), valueDuration: ucum(200, 'a') }],
            },
            { linkId: 'problems', type: 'integer', extension: [initial('%problems.entry.count()')] },
          ],
          [launch('patient', 'Patient'), query(core('variable'), 'Condition?patient=maria', 'problems')],
          { name: 'local', valueBoolean: false },
          {
            name: 'context',
            part: [
              { name: 'name', valueString: 'problems' },
              {
                name: 'content',
                resource: { resourceType: 'Bundle', type: 'searchset', entry: [{}, {}, {}] } as never,
              },
            ],
          },
        );
        assert.deepEqual(answersTo('family', response), []);
        assert.deepEqual(answersTo('weight', response), []);
        assert.deepEqual(answersTo('problems', response), [3]);
      });

      it('tells what cannot be evaluated with its linkId and expression, and populates the rest', async () => {
        const { response, issues } = await items([
          { linkId: 'broken', type: 'string', extension: [initial('%patient.name.')] },
          { linkId: 'unknown', type: 'string', extension: [initial('%nobody.name')] },
          {
            linkId: 'cql',
            type: 'string',
            extension: [
              { url: sdc('initialExpression'), valueExpression: { language: 'text/cql', expression: 'Age' } },
            ],
          },
          { linkId: 'wrong', type: 'boolean', extension: [initial('%patient.birthDate')] },
          { linkId: 'two', type: 'string', extension: [initial('%patient.name.given')] },
          { linkId: 'empty', type: 'string', extension: [initial("''")] },
          { linkId: 'good', type: 'string', extension: [initial("'yes'")] },
        ]);
        for (const [linkId, reason] of [
          ['broken', /\(%patient\.name\.\)/],
          ['unknown', /nobody.*\(%nobody\.name\)/],
          ['cql', /text\/cql.*\(Age\)/],
          ['wrong', /a value of type date is no answer to a question of type boolean \(%patient\.birthDate\)/],
          ['two', /takes one answer, and 2 are found/],
        ] as const)
          assert.match(issues.find((text) => text.includes(`'${linkId}'`)) ?? '', reason);
        assert.equal(issues.length, 5);
        assert.deepEqual(answersTo('good', response), ['yes']);
      });

      const conversions: readonly [QuestionnaireItem, string, unknown][] = [
        [{ linkId: 'x', type: 'date' }, '@2026-03-02T10:00:00Z', '2026-03-02'],
        [{ linkId: 'x', type: 'decimal' }, '3', 3],
        [{ linkId: 'x', type: 'time' }, '@T10:00', '10:00:00'],
        [{ linkId: 'x', type: 'integer' }, '3.0', 3],
        [
          {
            linkId: 'x',
            type: 'quantity',
            extension: [
              { url: core('questionnaire-unit'), valueCoding: { system: 'http://unitsofmeasure.org', code: 'kg' } },
            ],
          },
          '3',
          { value: 3, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
        ],
        [
          { linkId: 'x', type: 'quantity' },
          "3 'mg'",
          { value: 3, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
        ],
        [{ linkId: 'x', type: 'reference' }, '%patient', { reference: 'Patient/maria' }],
        [
          { linkId: 'x', type: 'choice', answerValueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
          '%patient.gender',
          { system: 'http://hl7.org/fhir/administrative-gender', code: 'female', display: 'Female' },
        ],
        [
          {
            linkId: 'x',
            type: 'choice',
            answerOption: [{ valueCoding: { system: 's', code: 'female', display: 'Woman' } }],
          },
          '%patient.gender',
          { system: 's', code: 'female', display: 'Woman' },
        ],
        [{ linkId: 'x', type: 'open-choice', answerOption: [{ valueString: 'male' }] }, '%patient.gender', 'female'],
        [{ linkId: 'x', type: 'choice', answerOption: [{ valueString: 'male' }] }, '%patient.gender', undefined],
        [
          { linkId: 'x', type: 'choice', answerOption: [{ valueCoding: { system: 's', code: 'a' } }] },
          '%resource.where(false) | %questionnaire.item.answerOption.value',
          { system: 's', code: 'a' },
        ],
        [
          { linkId: 'x', type: 'choice' },
          '%resource.descendants().where(false) | %patient.name.where(false)',
          undefined,
        ],
      ];
      for (const [item, expression, expected] of conversions)
        it(`${expression} answers a ${item.type} with ${JSON.stringify(expected)}`, async () => {
          const { response } = await items(
            [{ ...item, extension: [...(item.extension ?? []), initial(expression)] }],
            [launch('patient', 'Patient')],
          );
          assert.deepEqual(answersTo('x', response)[0], expected);
        });
    });

    describe('groups', () => {
      const contact = (declared: Extension, repeats = true): QuestionnaireItem => ({
        linkId: 'contact',
        type: 'group',
        repeats,
        extension: [declared],
        item: [
          { linkId: 'name', type: 'string', extension: [initial('%row.name.given.first()')] },
          { linkId: 'phone', type: 'string', extension: [initial('%row.telecom.value')] },
        ],
      });

      it('repeat for each row of their context', async () => {
        const { response, issues } = await items([
          contact(fhirpath(sdc('itemPopulationContext'), '%patient.contact', 'row')),
        ]);
        assert.deepEqual(issues, []);
        assert.equal(response.item?.length, 2);
        assert.deepEqual(answersTo('name', response), ['Ines', 'Pablo']);
        assert.deepEqual(answersTo('phone', response), ['555-0102']);
      });

      it('repeat for each match of a search', async () => {
        const group: QuestionnaireItem = {
          linkId: 'problem',
          type: 'group',
          repeats: true,
          extension: [query(sdc('itemPopulationContext'), 'Condition?patient={{%patient.id}}', 'row')],
          item: [
            { linkId: 'text', type: 'string', extension: [initial('%row.code.text')] },
            { linkId: 'code', type: 'choice', extension: [initial('%row.code')] },
            {
              linkId: 'id',
              type: 'string',
              extension: [initial('%row.id'), { url: core('questionnaire-hidden'), valueBoolean: true }],
            },
          ],
        };
        const { response } = await items([group]);
        assert.deepEqual([...answersTo('text', response)].sort(), ['Anxiety disorder', 'Depressive disorder']);
        assert.deepEqual([...answersTo('id', response)].sort(), ['197480006', '35489007']);
        assert.equal(answersTo('code', response).length, 2);
      });

      it('are there once where there is no row, and use none where they do not repeat and there are several', async () => {
        const none = await items([contact(fhirpath(sdc('itemPopulationContext'), '%patient.link', 'row'))]);
        assert.equal(none.response.item?.length, 1);
        const several = await items([
          contact(fhirpath(sdc('itemPopulationContext'), '%patient.contact', 'row'), false),
        ]);
        assert.equal(several.response.item?.length, 1);
        assert.match(several.issues.join(), /'contact' does not repeat, and its context has 2 rows/);
      });

      it('know the variables of what they stand in', async () => {
        const { response } = await items([
          {
            linkId: 'outer',
            type: 'group',
            extension: [fhirpath(core('variable'), '%patient.name.first()', 'name')],
            item: [
              {
                linkId: 'inner',
                type: 'group',
                item: [{ linkId: 'family', type: 'string', extension: [initial('%name.family')] }],
              },
            ],
          },
        ]);
        assert.deepEqual(answersTo('family', response), ['Delgado']);
      });
    });

    describe('from Observations', () => {
      const period = (value: number, code: string): Extension => ({
        url: sdc('observationLinkPeriod'),
        valueDuration: ucum(value, code),
      });
      const weight: QuestionnaireItem = { linkId: 'weight', type: 'quantity', code: [loinc('29463-7')] };

      it('takes the newest that counts, has a value and is about the subject, within the period', async () => {
        const { response, issues } = await items([{ ...weight, extension: [period(3, 'mo')] }]);
        assert.deepEqual(issues, []);
        assert.deepEqual(answersTo('weight', response), [ucum(71.5, 'kg')]);
        const short = await items([{ ...weight, extension: [period(10, 'd')] }]);
        assert.deepEqual(answersTo('weight', short.response), []);
      });

      it('inherits the period of the form and of groups, the nearest first', async () => {
        const group = (extension: readonly Extension[]): QuestionnaireItem => ({
          linkId: 'g',
          type: 'group',
          extension: [...extension],
          item: [weight],
        });
        assert.equal(answersTo('weight', (await items([group([])], [period(3, 'mo')])).response).length, 1);
        assert.equal(
          answersTo('weight', (await items([group([period(10, 'd')])], [period(3, 'mo')])).response).length,
          0,
        );
        assert.equal(answersTo('weight', (await items([group([])])).response).length, 0);
      });

      it('takes the parts of the Observation that their group is bound to, and no others', async () => {
        const at = daysAgo(5);
        const pressure = (id: string, code: string, value: number, more: object = {}) =>
          weightOn(id, at, { code: { coding: [loinc(code)] }, valueQuantity: ucum(value, 'mm[Hg]'), ...more });
        await put(pressure('systolic-alone', '8480-6', 199, { effectiveDateTime: daysAgo(1) }));
        await put(pressure('pulse', '8867-4', 64));
        await put(
          pressure('both', '85354-9', 0, {
            valueQuantity: undefined,
            component: [{ code: { coding: [loinc('8480-6')] }, valueQuantity: ucum(121, 'mm[Hg]') }],
            hasMember: [{ reference: 'Observation/pulse' }],
          }),
        );
        const part = (linkId: string): QuestionnaireItem => ({ linkId, type: 'quantity', code: [loinc(linkId)] });
        const group: QuestionnaireItem = {
          linkId: 'bp',
          type: 'group',
          code: [loinc('85354-9')],
          extension: [period(1, 'a')],
          item: [part('8480-6'), part('8867-4'), part('29463-7')],
        };
        const { response, issues } = await items([group]);
        assert.deepEqual(issues, []);
        assert.deepEqual(
          ['8480-6', '8867-4', '29463-7'].map((linkId) => answersTo(linkId, response)),
          [[ucum(121, 'mm[Hg]')], [ucum(64, 'mm[Hg]')], []],
        );
      });

      it('converts to the unit of the question', async () => {
        const unit: Extension = {
          url: core('questionnaire-unit'),
          valueCoding: { system: 'http://unitsofmeasure.org', code: 'g' },
        };
        const { response } = await items([{ ...weight, type: 'decimal', extension: [period(1, 'a'), unit] }]);
        assert.deepEqual(answersTo('weight', response), [71500]);
      });
    });

    describe('earlier answers', () => {
      const again: Extension = {
        url: 'https://throughline.dev/fhir/StructureDefinition/questionnaire-previous-answers',
        valueBoolean: true,
      };
      const history = form('history', [
        { linkId: 'allergy', type: 'string', repeats: true, extension: [again] },
        { linkId: 'mood', type: 'string' },
        {
          linkId: 'work',
          type: 'group',
          item: [
            { linkId: 'job', type: 'string', extension: [again] },
            { linkId: 'since', type: 'date' },
          ],
        },
        {
          linkId: 'pet',
          type: 'group',
          repeats: true,
          extension: [again],
          item: [
            { linkId: 'pet-name', type: 'string' },
            { linkId: 'pet-mood', type: 'string', extension: [{ ...again, valueBoolean: false }] },
          ],
        },
      ]);

      before(async () => {
        await put(history as never);
        const earlier = (id: string, authored: string, status: string, allergy: string) =>
          put({
            resourceType: 'QuestionnaireResponse',
            id,
            questionnaire: `${practice}/history|1.0`,
            status,
            subject: maria,
            authored,
            item: [
              { linkId: 'allergy', answer: [{ valueString: allergy }, { valueString: 'dust' }] },
              { linkId: 'mood', answer: [{ valueString: 'low' }] },
              {
                linkId: 'work',
                item: [
                  { linkId: 'job', answer: [{ valueString: 'baker' }] },
                  { linkId: 'since', answer: [{ valueDate: '2020-01-01' }] },
                ],
              },
              {
                linkId: 'pet',
                item: [
                  { linkId: 'pet-name', answer: [{ valueString: 'Luna' }] },
                  { linkId: 'pet-mood', answer: [{ valueString: 'good' }] },
                ],
              },
              { linkId: 'pet', item: [{ linkId: 'pet-name', answer: [{ valueString: 'Sol' }] }] },
            ],
          } as never);
        await earlier('first', '2025-01-01', 'completed', 'eggs');
        await earlier('second', '2025-06-01', 'completed', 'nuts');
        await earlier('unfinished', '2025-09-01', 'in-progress', 'milk');
      });

      it('come from the newest completed response, where the form asks for them', async () => {
        const { response, issues } = read(await call('Questionnaire/history/$populate', [subject]));
        assert.deepEqual(issues, []);
        assert.deepEqual(answersTo('allergy', response), ['nuts', 'dust']);
        assert.deepEqual(answersTo('mood', response), []);
        assert.deepEqual([answersTo('job', response), answersTo('since', response)], [['baker'], []]);
        assert.deepEqual(answersTo('pet-name', response), ['Luna', 'Sol']);
        assert.deepEqual(answersTo('pet-mood', response), []);
      });

      it('are those of the subject', async () => {
        const tom = { name: 'subject', valueReference: { reference: 'Patient/tom' } };
        const { response } = read(await call('Questionnaire/history/$populate', [tom]));
        assert.deepEqual(answersTo('allergy', response), []);
      });
    });

    describe('what the form gives itself', () => {
      it('initial values and selected options', async () => {
        const { response } = await items([
          { linkId: 'a', type: 'integer', initial: [{ valueInteger: 7 }] },
          {
            linkId: 'b',
            type: 'choice',
            answerOption: [{ valueCoding: { code: 'x' } }, { valueCoding: { code: 'y' }, initialSelected: true }],
          },
          { linkId: 'c', type: 'integer', initial: [{ valueInteger: 7 }], extension: [initial('8')] },
        ]);
        assert.deepEqual(
          [...answersTo('a', response), ...answersTo('b', response), ...answersTo('c', response)],
          [7, { code: 'y' }, 8],
        );
      });

      it('calculations, on answers and on one another', async () => {
        const calculated = (expression: string) => [fhirpath(sdc('calculatedExpression'), expression)];
        const { response, issues } = await items([
          {
            linkId: 'sum',
            type: 'decimal',
            extension: calculated("%resource.item.where(linkId = 'double').answer.value + 1"),
          },
          {
            linkId: 'double',
            type: 'decimal',
            extension: calculated("%resource.item.where(linkId = 'a').answer.value * 2"),
          },
          { linkId: 'a', type: 'decimal', initial: [{ valueDecimal: 4 }] },
        ]);
        assert.deepEqual(issues, []);
        assert.deepEqual([...answersTo('double', response), ...answersTo('sum', response)], [8, 9]);
        const circle = await items([
          {
            linkId: 'n',
            type: 'integer',
            initial: [{ valueInteger: 0 }],
            extension: calculated("%resource.item.where(linkId = 'n').answer.value + 1"),
          },
        ]);
        assert.match(circle.issues.join(), /depend on themselves/);
      });

      it('leaves out what is not enabled, and says so', async () => {
        const { response, issues } = await items([
          { linkId: 'smokes', type: 'boolean', initial: [{ valueBoolean: false }] },
          {
            linkId: 'packs',
            type: 'integer',
            initial: [{ valueInteger: 1 }],
            enableWhen: [{ question: 'smokes', operator: '=', answerBoolean: true }],
          },
          {
            linkId: 'since',
            type: 'integer',
            initial: [{ valueInteger: 2020 }],
            extension: [
              fhirpath(sdc('enableWhenExpression'), "%resource.item.where(linkId = 'smokes').answer.value = false"),
            ],
          },
        ]);
        assert.deepEqual(answersTo('packs', response), []);
        assert.deepEqual(answersTo('since', response), [2020]);
        assert.match(issues.join(), /'packs' is not enabled/);
        assert.equal(response.item?.length, 3);
      });
    });

    describe('expressions of a careless or hostile author', () => {
      it('are ended, and the rest is populated', async () => {
        const { response, issues } = await items([
          { linkId: 'endless', type: 'string', extension: [initial('(1).repeat($this + 1).count().toString()')] },
          {
            linkId: 'outward',
            type: 'string',
            extension: [initial("'http://127.0.0.1:1/fhir/Patient/1'.resolve().id")],
          },
          { linkId: 'pattern', type: 'boolean', extension: [initial(`'${'a'.repeat(40)}!'.matches('^(a+)+$')`)] },
          { linkId: 'good', type: 'string', extension: [initial("'yes'")] },
        ]);
        assert.deepEqual(answersTo('endless', response), []);
        assert.deepEqual(answersTo('outward', response), []);
        assert.deepEqual(answersTo('pattern', response), [false]);
        assert.deepEqual(answersTo('good', response), ['yes']);
        assert.match(issues.join('\n'), /'endless'/);
      });

      it('do not take more memory than there is for them, and the next form is populated', async () => {
        const doubled = (at: number) => (at === 0 ? "'0123456789'.toChars()" : `%v${at - 1}.combine(%v${at - 1})`);
        const bomb = Array.from({ length: 30 }, (_, at) => fhirpath(core('variable'), doubled(at), `v${at}`));
        const question: QuestionnaireItem = {
          linkId: 'a',
          type: 'string',
          repeats: true,
          extension: [initial('%v29')],
        };
        const answer = await server()
          .http.post('/fhir/Questionnaire/$populate')
          .set('Content-Type', 'application/fhir+json')
          .send({
            resourceType: 'Parameters',
            parameter: [{ name: 'questionnaire', resource: form('bomb', [question], bomb) }, subject],
          });
        // Time may be up before memory is.
        assert.ok(answer.status === 413 || (answer.status === 200 && /'a' is not populated/.test(answer.text)));
        const { response } = await items([{ linkId: 'a', type: 'string', extension: [initial("'yes'")] }]);
        assert.deepEqual(answersTo('a', response), ['yes']);
      });
    });

    it('refuses a form that has not the shape of one, with its place', async () => {
      for (const [wrong, place] of [
        [{ item: 'x' }, 'Questionnaire.item'],
        [{ item: [null] }, 'Questionnaire.item[0]'],
        [{ item: [{ linkId: 5, type: 'string' }] }, 'Questionnaire.item[0].linkId'],
        [{ item: [{ linkId: 'a', type: 'group', item: {} }] }, 'Questionnaire.item[0].item'],
        [{ extension: [{ url: 5 }] }, 'Questionnaire.extension[0].url'],
        [{ contained: 7 }, 'Questionnaire.contained'],
      ] as const) {
        const resource = { resourceType: 'Questionnaire', status: 'active', ...wrong };
        for (const operation of ['populate', 'assemble']) {
          const answer = await server()
            .http.post(`/fhir/Questionnaire/$${operation}`)
            .set('Content-Type', 'application/fhir+json')
            .send({ resourceType: 'Parameters', parameter: [{ name: 'questionnaire', resource }] });
          assert.equal(answer.status, 400, answer.text);
          assert.ok(JSON.stringify(answer.body.issue).includes(`"${place}"`), answer.text);
        }
      }
    });

    it('stands in the CapabilityStatement, with the definition of SDC', async () => {
      const { body } = await server().http.get('/fhir/metadata');
      const of = (type: string) => body.rest[0].resource.find((each: { type: string }) => each.type === type).operation;
      assert.ok(
        of('Questionnaire').some(
          ({ name, definition }: Record<string, string>) =>
            name === 'populate' &&
            definition === 'http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate',
        ),
      );
      assert.ok(of('Questionnaire').some(({ name }: Record<string, string>) => name === 'assemble'));
      assert.ok(of('QuestionnaireResponse').some(({ name }: Record<string, string>) => name === 'extract'));
      for (const id of ['Questionnaire-populate', 'Questionnaire-assemble', 'QuestionnaireResponse-extract']) {
        const definition = await server().http.get(`/fhir/OperationDefinition/${id}`);
        assert.equal(definition.status, 200);
        const { body: outcome } = await server().http.post('/fhir/OperationDefinition/$validate').send(definition.body);
        assert.deepEqual(
          outcome.issue.filter(({ severity }: { severity: string }) => severity === 'error'),
          [],
        );
      }
    });
  },
  { ownDefinitions: true },
);
