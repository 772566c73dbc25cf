/** The words of the stories: what a coordinator, a client or an organization does over HTTP, with what has to hold each time. */
import { strict as assert } from 'node:assert';
import type { AnyResource, Bundle, Communication, Task } from '../../resources/types.ts';
import type { ServerUnderTest } from '../server-under-test.ts';

export type Server = () => ServerUnderTest;

export function speaking(server: Server) {
  const send = (resource: object) => {
    const { resourceType, id } = resource as { resourceType: string; id: string };
    return server().http.put(`/fhir/${resourceType}/${id}`).send(resource);
  };
  const put = async (resource: object) => {
    const { status, body } = await send(resource);
    assert.ok(status < 300, JSON.stringify(body));
    return body as AnyResource;
  };
  const get = async <T>(reference: string) => {
    const { status, body } = await server().http.get(`/fhir/${reference}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body as T;
  };
  const patch = async (reference: string, ...operations: object[]) => {
    const { status, body } = await server()
      .http.patch(`/fhir/${reference}`)
      .set('Content-Type', 'application/json-patch+json')
      .send(operations);
    assert.equal(status, 200, JSON.stringify(body));
    return body as AnyResource;
  };
  const found = async <T>(search: string): Promise<T[]> =>
    ((await get<Bundle>(search)).entry ?? []).map(({ resource }) => resource as T);
  const tasks = (person: string, code: string) => found<Task>(`Task?patient=Patient/${person}&code=${code}`);
  const open = async (person: string, code: string) =>
    (await tasks(person, code)).filter(({ status }) => status === 'requested');
  /** What the client's own app shows: messages to the client. */
  const inbox = (person: string) => found<Communication>(`Communication?recipient=Patient/${person}`);
  return { send, put, get, patch, found, tasks, open, inbox };
}

export const ANA = { reference: 'Practitioner/ana', display: 'Ana Ruiz' };

/** The active team of a client, which Ana coordinates. */
export const teamOf = (person: string) => ({
  resourceType: 'CareTeam',
  id: `team-${person}`,
  status: 'active',
  subject: { reference: `Patient/${person}` },
  participant: [{ role: [{ coding: [{ system: 'http://snomed.info/sct', code: '768820003' }] }], member: ANA }],
});
