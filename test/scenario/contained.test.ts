/** `_contained` and `_containedType`. https://hl7.org/fhir/R4/search.html#contained */
import { strict as assert } from 'node:assert';
import type { BundleEntry } from '../../resources/types.ts';
import { BASE, onEveryDatabase } from '../server-under-test.ts';

const medication = (id: string, code: string) => ({
  resourceType: 'Medication',
  id,
  code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code }] },
});
const request = (id: string, ...contained: { id: string }[]) => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'active',
  intent: 'order',
  subject: { display: 'Maria' },
  medicationReference: { reference: `#${contained[0]?.id}` },
  contained,
});

onEveryDatabase('_contained', (server) => {
  const find = async (query: string) => {
    const { status, body } = await server().http.get(`/fhir/${query}`);
    return {
      status,
      body,
      urls: (body.entry ?? []).map(({ fullUrl }: BundleEntry) => fullUrl?.slice(BASE.length + 1)),
    };
  };
  before(async () => {
    const { http } = server();
    for (const resource of [
      medication('alone', '312941'),
      medication('other', '617310'),
      request('holds', medication('m', '312941')),
      request('holds-other', medication('m', '617310')),
    ]) {
      const { status, text } = await http.put(`/fhir/${resource.resourceType}/${resource.id}`).send(resource);
      assert.equal(status, 201, text);
    }
  });

  for (const [parameters, expected] of [
    ['', ['Medication/alone']],
    ['&_contained=false', ['Medication/alone']],
    ['&_contained=true', ['MedicationRequest/holds']],
    ['&_contained=true&_containedType=container', ['MedicationRequest/holds']],
    ['&_contained=true&_containedType=contained', ['MedicationRequest/holds#m']],
  ] as const)
    it(`Medication?code=312941${parameters} finds ${expected.join(', ')}`, async () => {
      const { status, urls, body } = await find(`Medication?code=312941${parameters}`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(urls, expected);
    });

  it('gives the contained resource itself when asked for', async () => {
    const { body } = await find('Medication?code=312941&_contained=true&_containedType=contained');
    assert.deepEqual(body.entry[0].resource, medication('m', '312941'));
  });

  it('both: first what is stored on its own, then what is contained', async () => {
    const first = await find('Medication?code=312941&_contained=both&_containedType=contained');
    assert.deepEqual(first.urls, ['Medication/alone']);
    const next = first.body.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    const second = await find(next.slice(BASE.length + 1));
    assert.deepEqual(second.urls, ['MedicationRequest/holds#m']);
  });

  for (const query of [
    'Medication?_contained=true&_sort=code',
    'Medication?_contained=true&_total=accurate',
    '?_type=Medication,Patient&_contained=true',
    'Medication?_contained=perhaps',
  ])
    it(`refuses ${query} in words`, async () => {
      const { status, body } = await find(query);
      assert.equal(status, 400);
      assert.match(body.issue[0].diagnostics, /_contained/);
    });
});
