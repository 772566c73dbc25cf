/** Patient/[id]/$phq9-trend and $trend: the course of an instrument's totals. */
import { strict as assert } from 'node:assert';
import { gad7 } from '../../resources/questionnaire-response/gad7.ts';
import type { Parameters, ParametersParameter } from '../../resources/types.ts';
import { readXml } from '../../resources/xml.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { responseOf } from '../spec/phq9-cases.ts';

const adding = (total: number) =>
  Array.from({ length: 9 }, (_, at) => (at === 8 ? 0 : Math.max(0, Math.min(3, total - 3 * at))));

onEveryDatabase('$phq9-trend', (server) => {
  const ask = async (address: string, status = 200) => {
    const response = await server().http.get(`/fhir/Patient/${address}`);
    assert.equal(response.status, status, response.text);
    return response.body as Parameters;
  };
  const named = ({ parameter = [] }: Parameters, name: string) => parameter.filter((each) => each.name === name);
  const value = (from: Parameters, name: string) => {
    const { name: _name, ...rest } = named(from, name)[0] ?? { name };
    return Object.values(rest)[0] as unknown;
  };
  const point = ({ part = [] }: ParametersParameter) => [
    part[0]?.valueDateTime,
    part[1]?.valueDecimal,
    part[2]?.valueCoding?.code,
  ];
  const client = async (id: string, totals: readonly (readonly [day: string, total: number])[]) => {
    await server().http.put(`/fhir/Patient/${id}`).send({ resourceType: 'Patient', id });
    for (const [day, total] of totals) {
      const response = {
        ...responseOf({ name: '', answers: adding(total), expect: {} }),
        subject: { reference: `Patient/${id}` },
        authored: day,
      };
      assert.equal((await server().http.post('/fhir/QuestionnaireResponse').send(response)).status, 201);
    }
  };

  before(async () => {
    await client('maria', [
      ['2026-03-02', 8],
      ['2026-01-05', 7],
      ['2026-01-19', 18],
      ['2026-02-16', 12],
    ]);
    await client('new', []);
    await client('mild', [['2026-01-05', 6]]);
    await client('well', [
      ['2026-01-05', 16],
      ['2026-03-05', 4],
    ]);
  });

  it('gives the series in the order of its days, each point with its severity and its Observation', async () => {
    const trend = await ask('maria/$phq9-trend');
    assert.deepEqual(named(trend, 'point').map(point), [
      ['2026-01-05', 7, 'LA6709-5'],
      ['2026-01-19', 18, 'LA6711-1'],
      ['2026-02-16', 12, 'LA6710-3'],
      ['2026-03-02', 8, 'LA6709-5'],
    ]);
    for (const { part = [] } of named(trend, 'point'))
      assert.equal((await server().http.get(`/fhir/${part[3]?.valueReference?.reference}`)).status, 200);
  });

  it('takes the first total of 10 or more as the index, and tells change, response and remission against it', async () => {
    const trend = await ask('maria/$phq9-trend');
    assert.deepEqual(named(trend, 'index').map(point), [['2026-01-19', 18, 'LA6711-1']]);
    assert.equal(value(trend, 'change'), -10);
    assert.equal(value(trend, 'changeFromPrevious'), -4);
    assert.equal(value(trend, 'response'), true);
    assert.equal(value(trend, 'remission'), false);
    assert.equal(value(await ask('well/$phq9-trend'), 'remission'), true);
  });

  it('has neither response nor remission without an index', async () => {
    const trend = await ask('mild/$phq9-trend');
    assert.deepEqual(
      ['index', 'change', 'response', 'remission'].flatMap((name) => named(trend, name)),
      [],
    );
    assert.equal(named(trend, 'latest').length, 1);
  });

  it('is empty for a client without totals, and 404 for nobody', async () => {
    assert.deepEqual(
      (await ask('new/$phq9-trend')).parameter?.map(({ name }) => name),
      ['instrument', 'chart'],
    );
    await ask('nobody/$phq9-trend', 404);
  });

  it('leaves out what is before its start', async () => {
    const trend = await ask('maria/$phq9-trend?start=2026-02-01');
    assert.deepEqual(named(trend, 'index').map(point), [['2026-02-16', 12, 'LA6710-3']]);
    assert.equal(value(trend, 'response'), false);
  });

  it('draws the series as SVG that is well formed and says in words what it shows', async () => {
    const { data = '', contentType } = value(await ask('maria/$phq9-trend'), 'chart') as {
      data: string;
      contentType: string;
    };
    assert.equal(contentType, 'image/svg+xml');
    const svg = Buffer.from(data, 'base64').toString();
    assert.match(svg, /^<svg [^>]*viewBox="0 0 640 320"[^>]*role="img"/);
    assert.match(svg, /<desc id="text">2026-01-05: 7, Mild; 2026-01-19: 18, Moderately severe; /);
    assert.equal(svg.match(/<circle /g)?.length, 4);
    assert.equal(svg.match(/<(text|title|desc|circle)\b/g)?.length, svg.match(/<\/(text|title|desc|circle)>/g)?.length);
    assert.ok(!svg.includes('NaN'));
  });

  it('comes as XML too', async () => {
    const { text } = await server().http.get('/fhir/Patient/maria/$phq9-trend?_format=xml');
    assert.equal((readXml(text) as unknown as Parameters).resourceType, 'Parameters');
  });

  it('is there for any instrument with totals', async () => {
    const response = {
      resourceType: 'QuestionnaireResponse',
      questionnaire: gad7.canonicals[0],
      status: 'completed',
      subject: { reference: 'Patient/maria' },
      authored: '2026-01-05',
      item: gad7.items.map(({ code }) => ({ linkId: `/${code}`, answer: [{ valueInteger: 2 }] })),
    };
    assert.equal((await server().http.post('/fhir/QuestionnaireResponse').send(response)).status, 201);
    const trend = await ask('maria/$trend?instrument=gad-7');
    assert.deepEqual(named(trend, 'point').map(point), [['2026-01-05', 14, 'moderate']]);
    const same = await ask(`maria/$trend?instrument=${encodeURIComponent('http://loinc.org/q/44249-1')}`);
    assert.deepEqual(same, await ask('maria/$phq9-trend'));
  });

  it('names the instruments when it does not know one', async () => {
    for (const wrong of ['whodas', 'hunger-vital-sign']) {
      const { issue } = (await ask(`maria/$trend?instrument=${wrong}`, 400)) as unknown as {
        issue: { diagnostics: string }[];
      };
      assert.match(issue[0]?.diagnostics ?? '', /expected phq-9, phq-2, gad-7/);
    }
    await ask('maria/$trend', 400);
  });
});
