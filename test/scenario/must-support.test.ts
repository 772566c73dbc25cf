/** `$validate` with mustSupport: what a profile wants systems to be able to handle and a resource does not have. */
import { strict as assert } from 'node:assert';
import type { OperationOutcomeIssue } from '../../resources/types.ts';
import { onEveryDatabase } from '../server-under-test.ts';

const PROFILE = 'https://throughline.dev/fhir/StructureDefinition/must-support-example';

onEveryDatabase('mustSupport', (server) => {
  before(async () => {
    const definition = {
      resourceType: 'StructureDefinition',
      id: 'must-support-example',
      url: PROFILE,
      name: 'MustSupportExample',
      status: 'active',
      kind: 'resource',
      abstract: false,
      type: 'Patient',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
      derivation: 'constraint',
      differential: { element: [{ id: 'Patient.birthDate', path: 'Patient.birthDate', mustSupport: true }] },
    };
    const { status, text } = await server().http.put('/fhir/StructureDefinition/must-support-example').send(definition);
    assert.equal(status, 201, text);
  });
  const told = async (query: string, birthDate?: string): Promise<readonly OperationOutcomeIssue[]> => {
    const { body } = await server()
      .http.post(`/fhir/Patient/$validate?profile=${encodeURIComponent(PROFILE)}${query}`)
      .send({ resourceType: 'Patient', ...(birthDate ? { birthDate } : {}) });
    return body.issue.filter(({ diagnostics = '' }: OperationOutcomeIssue) => /birthDate/.test(diagnostics));
  };

  it('is told when asked for, and never as an error', async () => {
    const [issue, ...more] = await told('&mustSupport=true');
    assert.equal(more.length, 0);
    assert.ok(issue && issue.severity !== 'error');
  });
  it('is silent otherwise, and where the element is there', async () => {
    assert.deepEqual(await told(''), []);
    assert.deepEqual(await told('&mustSupport=true', '1971-03-02'), []);
  });
});
