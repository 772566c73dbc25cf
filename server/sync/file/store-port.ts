/** What an import of files needs of the FHIR side: to read, to search and to write, by the interactions that the server offers. */
import { parseJson } from '../../../resources/json.ts';
import { FhirError } from '../../../resources/outcome.ts';
import type { AnyResource, Bundle, Patient, ResourceType } from '../../../resources/types.ts';
import { type FhirRequest, type FhirResponse, isStoredJson } from '../../interaction/interaction.ts';
import type { FindPatients } from './match.ts';

export interface Stored {
  readonly resource: AnyResource;
  readonly versionId: string;
}

export interface FhirSide {
  /** Undefined when it is not there, or deleted. */
  read(type: ResourceType, id: string): Promise<Stored | undefined>;
  readonly findPatients: FindPatients;
  /** All in one transaction. @throws FhirError when it is refused */
  write(changes: readonly Write[]): Promise<void>;
}

/** A resource under its id; `ifMatch` is the version that it replaces, undefined for one that is new. */
export interface Write {
  readonly resource: AnyResource;
  readonly ifMatch?: string;
}

type Dispatch = (request: FhirRequest) => Promise<FhirResponse>;

const plain = {
  query: new URLSearchParams(),
  conditions: {},
  prefer: { return: 'representation', handling: 'strict' },
} as const;

export function fhirSide(dispatch: Dispatch): FhirSide {
  return {
    async read(type, id) {
      try {
        const response = await dispatch({ ...plain, interaction: 'read', type, id, isSafe: true });
        const resource = bodyOf(response) as AnyResource | undefined;
        return resource && { resource, versionId: response.versionId ?? '' };
      } catch (error) {
        if (error instanceof FhirError && (error.status === 404 || error.status === 410)) return undefined;
        throw error;
      }
    },
    async findPatients(criteria) {
      const query = new URLSearchParams({ ...criteria, _count: '100' });
      const bundle = bodyOf(
        await dispatch({ ...plain, interaction: 'search-type', type: 'Patient', query, isSafe: true }),
      ) as Bundle;
      // Warnings about the search come as entries too.
      return (bundle.entry ?? []).flatMap(({ resource }) =>
        resource?.resourceType === 'Patient' ? [resource as Patient] : [],
      );
    },
    async write(changes) {
      const entry = changes.map(({ resource, ifMatch }) => ({
        resource,
        request: {
          method: 'PUT',
          url: `${resource.resourceType}/${resource.id}`,
          // One that is new was not there a moment ago: whoever has made it since is not written over.
          ...(ifMatch === undefined ? { ifNoneMatch: '*' } : { ifMatch: `W/"${ifMatch}"` }),
        },
      }));
      const body = { resourceType: 'Bundle', type: 'transaction', entry } as unknown as AnyResource;
      await dispatch({ ...plain, prefer: { return: 'minimal', handling: 'strict' }, interaction: 'batch', body });
    },
  };
}

function bodyOf({ body }: FhirResponse): unknown {
  return body !== undefined && isStoredJson(body) ? parseJson(body.json) : body;
}
