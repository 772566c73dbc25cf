/** The searches of a form show what the caller may see, and nothing tells of the rest: a caller who has Maria's data, over two clients' data. */
import { strict as assert } from 'node:assert';
import { packagedDefinitions } from '../../../profiles/source.ts';
import type { Extension, ParametersParameter } from '../../../resources/types.ts';
import { asks } from '../../../server/operation/criteria.ts';
import { formOperations } from '../../../server/operation/questionnaire/index.ts';
import { all, nothing } from '../../../server/search/expression.ts';
import type { Scope } from '../../../server/search/restrict.ts';
import { validation } from '../../../server/validation.ts';
import { core, form, initial, query, sdc } from '../../scenario/questionnaire/forms.ts';
import { storesUnderTest } from '../../store-under-test.ts';
import { BASE, openPractice, type Practice } from '../search/practice.ts';
import { answered } from './calling.ts';

const weight = (id: string, value: number) => ({
  resourceType: 'Observation',
  id: `of-${id}`,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  subject: { reference: `Patient/${id}` },
  effectiveDateTime: '2026-03-02',
  valueQuantity: { value, unit: 'kg' },
});
const world = [
  { resourceType: 'Patient', id: 'maria', name: [{ family: 'Delgado' }] },
  { resourceType: 'Patient', id: 'other', name: [{ family: 'Secret' }] },
  weight('maria', 71),
  weight('other', 4711),
] as const;

for (const under of storesUnderTest())
  describe(`the scope of forms (${under.name})`, () => {
    let practice: Practice;
    before(async () => {
      practice = await openPractice(under);
      await practice.put(...world);
    });
    after(() => practice.close());

    const mariasScope: Scope = (type) => {
      if (type === 'Patient') return asks(type, '_id', 'maria', practice.context);
      if (type === 'Observation') return asks(type, 'subject', 'Patient/maria', practice.context);
      return nothing;
    };

    function populated(
      subject: string,
      extension: readonly Extension[],
      scope: Scope,
      more: readonly ParametersParameter[] = [],
    ) {
      const questionnaire = form(
        'sent',
        [
          {
            linkId: 'name',
            type: 'string',
            repeats: true,
            extension: [initial('%patient.name.family | %found.name.family | %found.entry.resource.name.family')],
          },
          {
            linkId: 'value',
            type: 'decimal',
            repeats: true,
            extension: [initial('%found.entry.resource.value.value')],
          },
          {
            linkId: 'weight',
            type: 'quantity',
            code: [{ system: 'http://loinc.org', code: '29463-7' }],
            extension: [{ url: sdc('observationLinkPeriod'), valueDuration: { value: 300, code: 'a' } }],
          },
        ],
        extension,
      );
      const parameter = [
        { name: 'questionnaire', resource: questionnaire },
        { name: 'subject', valueReference: { reference: subject } },
        ...more,
      ];
      return answered(
        { operation: 'populate', type: 'Questionnaire', body: { resourceType: 'Parameters', parameter } },
        formOperations(packagedDefinitions(), validation({ validation: 'reject' })),
        practice,
        scope,
      );
    }
    const found = (search: string) => [query(core('variable'), search, 'found')];
    const context = (reference: string): ParametersParameter => ({
      name: 'context',
      part: [
        { name: 'name', valueString: 'found' },
        { name: 'content', valueReference: { reference } },
      ],
    });

    for (const search of [
      'Patient?_id=other',
      'Patient/other',
      'Patient?family=secret',
      'Observation?subject=Patient/other',
      'Observation?_has:Provenance:target:agent=x',
      'Organization?_id=x',
      `${BASE}/Patient/other`,
    ])
      it(`${search} shows nothing of the other client`, async () => {
        const answer = await populated('Patient/maria', found(search), mariasScope);
        assert.match(answer, /^200 .*Delgado.*71/);
        assert.doesNotMatch(answer, /Secret|4711/);
      });

    it('knows neither a subject nor a context that the caller may not see', async () => {
      assert.match(await populated('Patient/other', [], mariasScope), /^404 /);
      assert.match(
        await populated('Patient/maria', found('Patient?_id=x'), mariasScope, [context('Patient/other')]),
        /^404 /,
      );
    });

    it('shows it all to who may see all', async () => {
      const everything: Scope = () => all;
      assert.match(await populated('Patient/other', found('Patient?_id=maria'), everything), /Secret.*4711/);
      assert.match(await populated('Patient/maria', found('Patient/other'), everything), /Secret/);
    });
  });
