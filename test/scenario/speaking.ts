/** The words of the stories: what a coordinator, a client or an organization does over HTTP, with what has to hold each time. */
import { strict as assert } from 'node:assert';
import type { AnyResource, Bundle, Communication, Task } from '../../resources/types.ts';
import type { ServerUnderTest } from '../server-under-test.ts';

export type Server = () => ServerUnderTest;

export function speaking(server: Server) {
  /** @param version the one that is expected to be there */
  const send = (resource: object, version?: number) => {
    const { resourceType, id } = resource as { resourceType: string; id: string };
    const request = server().http.put(`/fhir/${resourceType}/${id}`);
    return (version === undefined ? request : request.set('If-Match', `W/"${version}"`)).send(resource);
  };
  const put = async (resource: object, version?: number) => {
    const { status, body } = await send(resource, version);
    assert.ok(status < 300, JSON.stringify(body));
    return body as AnyResource;
  };
  const get = async <T>(path: string, expected = 200) => {
    const { status, body } = await server().http.get(`/fhir/${path}`);
    assert.equal(status, expected, JSON.stringify(body));
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

/** Two writes of one millisecond are of one instant. */
export const nextInstant = () => new Promise((resolve) => setTimeout(resolve, 3));

export const ANA = { reference: 'Practitioner/ana', display: 'Ana Ruiz' };

/** The active team of a client, which Ana coordinates. */
export const teamOf = (person: string) => ({
  resourceType: 'CareTeam',
  id: `team-${person}`,
  status: 'active',
  subject: { reference: `Patient/${person}` },
  participant: [{ role: [{ coding: [{ system: 'http://snomed.info/sct', code: '768820003' }] }], member: ANA }],
});
