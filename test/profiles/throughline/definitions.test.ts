import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { profileAssertion } from '../../../profiles/differential.ts';
import { throughlineResources } from '../../../profiles/throughline.ts';
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { BASE, PUBLISHER, VERSION } from '../../../resources/publication.ts';
import { instruments } from '../../../resources/questionnaire-response/index.ts';
import type { Instrument } from '../../../resources/questionnaire-response/instrument.ts';
import { linkIdOf, questionnaireOf } from '../../../resources/questionnaire-response/questionnaire.ts';
import type {
  AnyResource,
  Questionnaire,
  QuestionnaireResponse,
  StructureDefinition,
} from '../../../resources/types.ts';
import { clientBundle } from '../../../server/demo/population.ts';
import { golden } from '../../golden.ts';
import { codedIn } from '../../server/demo/resources.ts';
import { issuesOf, source, validator } from './examples.ts';

const folder = new URL('../../../profiles/throughline/', import.meta.url);
const said = (issues: ReturnType<typeof issuesOf>): readonly string[] =>
  issues
    .filter(({ severity, rule }) => severity !== 'information' && rule !== 'dom-6')
    .map(({ rule, expression, diagnostics }) => `${rule} ${expression?.[0]} ${diagnostics}`);

describe('our definitions', () => {
  const resources = throughlineResources();

  it('are all in the build', () => {
    const files = readdirSync(folder)
      .filter((name) => name !== 'examples')
      .flatMap((name) =>
        readdirSync(new URL(`${name}/`, folder)).map(
          (file) => `${name === 'search-parameters' ? 'SearchParameter' : name}/${file.replace('.json', '')}`,
        ),
      );
    assert.deepEqual(resources.map(({ resourceType, id }) => `${resourceType}/${id}`).sort(), files.sort());
  });

  for (const resource of resources) {
    it(`${resource.resourceType}/${resource.id} is valid`, () => assert.deepEqual(said(issuesOf(resource)), []));

    it(`${resource.resourceType}/${resource.id} says who publishes it, in which version, and has no narrative`, () => {
      const { version, status, experimental, publisher, date, name, description, text } = resource;
      assert.deepEqual(
        { version, status, experimental, publisher, text },
        { version: VERSION, status: 'active', experimental: false, publisher: PUBLISHER, text: undefined },
      );
      assert.match(String(date), /^20\d\d-\d\d-\d\d$/);
      assert.match(String(name), /^[A-Z][A-Za-z0-9]{0,254}$/);
      assert.notEqual(description, undefined);
    });

    if (resource.resourceType !== 'Questionnaire')
      it(`${resource.resourceType}/${resource.id} stands under our canonical base`, () =>
        assert.equal(resource.url, `${BASE}/${resource.resourceType}/${resource.id}`));
  }

  for (const resource of resources)
    if (resource.resourceType === 'StructureDefinition')
      it(`${resource.id} asserts what it did`, () => {
        const assertion = profileAssertion(resource as unknown as StructureDefinition, source);
        assert.deepEqual(assertion.problems, []);
        golden(`profile/${resource.id}.json`, `${JSON.stringify(assertion, null, 2)}\n`);
      });
});

describe('the Questionnaires of our instruments', () => {
  for (const instrument of instruments) {
    const file = new URL(`Questionnaire/${instrument.name}.json`, folder);

    it(`${instrument.name} says what the scoring table says`, () => {
      const text = `${JSON.stringify(questionnaireOf(instrument), null, 2)}\n`;
      if (process.env.GOLDEN) writeFileSync(file, text);
      assert.equal(readFileSync(file, 'utf8'), text);
    });

    it(`${instrument.name} calculates its result, and none while an answer is missing`, () => {
      const most = instrument.items.map(({ options }) => Math.max(...options.map(({ weight = 0 }) => weight)));
      const least = instrument.items.map(({ options }) => Math.min(...options.map(({ weight = 9 }) => weight)));
      const told = (points: readonly number[]): unknown => {
        const total = points.reduce((sum, each) => sum + each, 0);
        return instrument.toldAs === 'band'
          ? instrument.bands.find(({ from, to }) => total >= from && total <= to)?.code
          : total;
      };
      assert.deepEqual(calculated(instrument, most), [told(most)]);
      assert.deepEqual(calculated(instrument, least), [told(least)]);
      assert.deepEqual(calculated(instrument, most.slice(1)), []);
    });
  }

  it('have Spanish where the published instrument has it', () => {
    const spanish = instruments.filter(({ items }) => items.every(({ text }) => text.es !== undefined));
    assert.deepEqual(
      spanish.map(({ name }) => name),
      ['phq-9', 'phq-2', 'gad-7', 'satisfaction'],
    );
  });
});

/** What the calculated expression of the total item gives for answers of so many points. */
function calculated(instrument: Instrument, points: readonly number[]): readonly unknown[] {
  const questionnaire: Questionnaire = questionnaireOf(instrument);
  const item = questionnaire.item?.find(({ linkId }) => linkId === linkIdOf(instrument.total));
  const expression = item?.extension?.[0]?.valueExpression?.expression ?? '';
  const response: QuestionnaireResponse = {
    resourceType: 'QuestionnaireResponse',
    questionnaire: questionnaire.url,
    status: 'in-progress',
    item: instrument.items.flatMap((each, at) => {
      const option = each.options.find(({ weight }) => weight !== undefined && weight === points[at]);
      if (!option) return [];
      const { system = 'http://loinc.org', code } = option;
      return [{ linkId: linkIdOf(each), answer: [{ valueCoding: { system, code } }] }];
    }),
  };
  const { library, model } = fhirpathLibrary();
  const result = library.evaluate(response, expression, { resource: response, questionnaire }, model) as unknown[];
  return result.map((one) => (typeof one === 'object' ? (one as { readonly code?: unknown }).code : one));
}

describe('the demo population', () => {
  const profiles: Readonly<Record<string, string>> = {
    Appointment: 'appointment',
    CarePlan: 'care-plan',
    CareTeam: 'care-team',
    Goal: 'goal',
    Patient: 'client',
    QuestionnaireResponse: 'phq9-response',
  };
  const resources = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((index) =>
    (clientBundle({ seed: 7, until: '2026-11-21' }, index).entry ?? []).flatMap(({ resource }) =>
      resource ? [resource as unknown as AnyResource] : [],
    ),
  );

  it('meets our profiles', () => {
    for (const resource of resources) {
      const profile = profiles[resource.resourceType];
      if (!profile) continue;
      const issues = validator.validate(resource, {
        unknownExtension: 'information',
        profiles: [`${BASE}/StructureDefinition/${profile}`],
      });
      assert.deepEqual(
        issues.filter(({ severity }) => severity === 'error'),
        [],
      );
    }
  });

  it('uses codes of ours that exist', () => {
    for (const { system, code } of resources.flatMap(codedIn)) {
      if (!system.startsWith(`${BASE}/CodeSystem/`)) continue;
      const concepts = (source.codeSystem(system)?.concept ?? []).map((concept) => concept.code);
      assert.ok(concepts.includes(code), `${system}|${code}`);
    }
  });
});
