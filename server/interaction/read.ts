/** read and vread. https://hl7.org/fhir/R4/http.html#read */
import { parseJson } from '../../resources/json.ts';
import { gone, notFound } from '../../resources/outcome.ts';
import { subset } from '../../resources/subset.ts';
import type { AnyResource } from '../../resources/types.ts';
import type { StoredVersion } from '../store/store.ts';
import type { FhirRequest, FhirResponse, Interaction } from './interaction.ts';
import { isNotModified } from './precondition.ts';
import { addressed } from './request.ts';
import { locationOf, versionHeaders } from './response.ts';
import { viewOf } from './view.ts';

function answer(version: StoredVersion, request: FhirRequest): FhirResponse {
  if (version.content === null)
    throw gone(`${version.type}/${version.id} was deleted; its version ${version.version} says so`);
  if (isNotModified(version, request.conditions)) return { status: 304, ...versionHeaders(version) };
  const { versionId, lastModified } = versionHeaders(version);
  const location = locationOf(version);
  const view = viewOf(request.query, version.type);
  const body = view ? subset(parseJson(version.content) as unknown as AnyResource, view) : { json: version.content };
  return { status: 200, versionId, lastModified, location, body };
}

export const read: Interaction = {
  code: 'read',
  parameters: ['_summary', '_elements'],
  async handle(request, { reader }) {
    const { type, id } = addressed(request);
    const version = await reader.read(type, id);
    if (!version) throw notFound(`${type}/${id} is not known`);
    return answer(version, request);
  },
};

export const vread: Interaction = {
  code: 'vread',
  parameters: ['_summary', '_elements'],
  async handle(request, { reader }) {
    const { type, id } = addressed(request);
    const number = /^[1-9]\d{0,9}$/.test(request.versionId ?? '') ? Number(request.versionId) : undefined;
    const version = number === undefined ? undefined : await reader.vread(type, id, number);
    if (!version) throw notFound(`${type}/${id} has no version ${request.versionId}`);
    return answer(version, request);
  },
};
