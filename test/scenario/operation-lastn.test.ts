/** Observation/$lastn. https://hl7.org/fhir/R4/observation-operation-lastn.html */
import { strict as assert } from 'node:assert';
import { BASE, onEveryDatabase } from '../server-under-test.ts';

const LOINC = 'http://loinc.org';
const vitalSigns = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
};

const observation = (id: string, patient: string, codes: readonly string[], date: string, status = 'final') => ({
  resourceType: 'Observation',
  id,
  status,
  category: [{ coding: vitalSigns.coding }],
  code: { coding: codes.map((code) => ({ system: LOINC, code })) },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: date,
  valueString: 'measured',
});

const observations = [
  observation('weight-1', 'maria', ['29463-7'], '2024-01-01'),
  observation('weight-2', 'maria', ['29463-7'], '2024-02-01'),
  observation('weight-3', 'maria', ['29463-7'], '2024-03-01'),
  observation('weight-3b', 'maria', ['29463-7'], '2024-03-01'),
  observation('measured-weight', 'maria', ['3141-9', '29463-7'], '2023-12-01'),
  observation('only-measured', 'maria', ['3141-9'], '2024-04-01', 'entered-in-error'),
  observation('pulse-1', 'maria', ['8867-4'], '2024-02-15'),
  observation('of-tom', 'tom', ['8867-4'], '2024-05-01'),
];

onEveryDatabase('$lastn', (server) => {
  const lastn = (query: string) => server().http.get(`/fhir/Observation/$lastn?${query}`);
  const idsOf = ({ entry = [] }: { entry?: readonly { resource: { id: string } }[] }) =>
    entry.map(({ resource }) => resource.id);
  before(async () => {
    for (const id of ['maria', 'tom'])
      await server().http.put(`/fhir/Patient/${id}`).send({ resourceType: 'Patient', id });
    for (const each of observations) {
      const { status, text } = await server().http.put(`/fhir/Observation/${each.id}`).send(each);
      assert.equal(status, 201, text);
    }
  });

  for (const [query, expected] of [
    ['patient=maria&category=vital-signs', ['only-measured', 'pulse-1']],
    ['subject=Patient/maria&category=vital-signs&max=2', ['only-measured', 'weight-3b', 'weight-3', 'pulse-1']],
    ['patient=maria&code=29463-7', ['weight-3b', 'weight-3']],
    ['patient=maria&code=29463-7&max=3', ['weight-3b', 'weight-3', 'weight-2']],
    ['patient=maria&category=vital-signs&status=final', ['weight-3b', 'weight-3', 'pulse-1']],
    ['patient=maria&category=vital-signs&date=lt2024-02-10', ['weight-2']],
    ['patient=maria,tom&code=8867-4', ['of-tom', 'pulse-1']],
    ['subject:Patient.gender:missing=true&code=8867-4', ['of-tom', 'pulse-1']],
    ['patient=maria&code=1-1', []],
  ] as const)
    it(`${query} gives ${expected.join(', ') || 'nothing'}`, async () => {
      const { status, body } = await lastn(query);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.type, 'searchset');
      assert.deepEqual(idsOf(body), expected);
      assert.equal(body.total, expected.length);
    });

  it('is the same by POST with Parameters', async () => {
    const { status, body } = await server()
      .http.post('/fhir/Observation/$lastn')
      .send({
        resourceType: 'Parameters',
        parameter: [
          { name: 'patient', valueString: 'maria' },
          { name: 'code', valueString: `${LOINC}|29463-7` },
          { name: 'max', valuePositiveInt: 3 },
        ],
      });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(idsOf(body), ['weight-3b', 'weight-3', 'weight-2']);
    assert.equal(
      body.link[0].url,
      `${BASE}/Observation/$lastn?patient=maria&code=http%3A%2F%2Floinc.org%7C29463-7&max=3`,
    );
  });

  for (const [query, message] of [
    ['category=vital-signs', /whose observations: patient or subject/],
    ['patient=maria', /which observations: category, or code/],
    ['patient=maria&code=x&_sort=date', /orders and limits by itself; _sort has no place/],
    ['patient=maria&code=x&max=0', /max=0/],
    ['patient=maria&code=x&max=two', /max of \$lastn is not a positiveInt/],
    ['patient=maria&code=x&max=1&max=2', /max of \$lastn may come once/],
    ['patient=maria&cod=x', /which observations/],
    ['patient=maria&code=x&stats=final', /did you mean 'status'/],
  ] as const)
    it(`refuses ${query}`, async () => {
      const { status, body } = await lastn(query);
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(body.issue[0].diagnostics, message);
    });

  it('does not widen to everybody when handling=lenient leaves the patient out', async () => {
    const { status } = await lastn('patient:nonsense=maria&code=8867-4').set('Prefer', 'handling=lenient');
    assert.equal(status, 400);
  });
});
