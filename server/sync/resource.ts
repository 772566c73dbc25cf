/** Resources as a sync writes them: what the row says put into what is stored, and where it comes from. */
import { createHash } from 'node:crypto';
import { fieldOf } from '../../mappings/field.ts';
import type { Base } from '../../mappings/model.ts';
import { FhirError } from '../../resources/outcome.ts';
import type { AnyResource } from '../../resources/types.ts';
import { instantOf } from '../store/store.ts';
import type { Change } from '../transaction/change.ts';
import { type Binding, sourceOf } from './binding.ts';
import type { Lens, Source } from './lens.ts';
import type { Problem } from './slot.ts';

/** `meta.source` of what a row says: the database, the row, and a mark of what it held, by which one version is told from the next. */
export function metaSource(binding: Binding, lens: Lens, key: string, text: string): string {
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${sourceOf(binding)}#${encodeURIComponent(lens.name)}/${encodeURIComponent(key)}@${mark}`;
}

/** The resource with what the record says; the source is written with a change only. */
export function resourceWith(
  lens: Lens,
  present: AnyResource | undefined,
  record: Base,
  id: string,
  source: string,
): AnyResource {
  const made = present ? lens.mapping.put(present, { ...record, id }) : lens.mapping.encode({ ...record, id });
  if (made === present) return made;
  return { ...made, meta: { ...made.meta, source } };
}

/** The write of a resource, under the id that the row has. */
export const changeOf = (resource: AnyResource, id: string): Change => ({
  kind: 'update',
  type: resource.resourceType,
  id,
  after: resource,
  method: 'PUT',
});

/** The Provenance of a version. https://hl7.org/fhir/R4/provenance.html */
export function provenanceOf(
  binding: Binding,
  lens: Lens,
  {
    key,
    id,
    version,
    tx,
    kind,
  }: {
    readonly key: string;
    readonly id: string;
    readonly version: number;
    readonly tx: number;
    readonly kind: 'CREATE' | 'UPDATE' | 'DELETE';
  },
): Change {
  const target = `${lens.mapping.type}/${id}/_history/${version}`;
  const own = createHash('sha256').update(`${binding.binding} ${target}`).digest('hex').slice(0, 32);
  const resource = {
    resourceType: 'Provenance',
    id: own,
    target: [{ reference: target }],
    recorded: instantOf(tx),
    activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: kind }] },
    agent: [{ who: { display: binding.title ?? binding.binding } }],
    entity: [{ role: 'source', what: { identifier: { system: sourceOf(binding), value: `${lens.name}/${key}` } } }],
  } as unknown as AnyResource;
  return changeOf(resource, own);
}

/** What a refusal says, by column where the element comes from one. */
export function refusalOf(
  lens: Lens,
  error: FhirError,
  resource: AnyResource | undefined,
  source: Source | undefined,
): readonly Problem[] {
  return error.issues
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ diagnostics, expression: [expression] = [] }): Problem => {
      const field = expression !== undefined && resource ? fieldOf(lens.mapping, resource, expression) : undefined;
      const name = field?.replace(/[.[].*$/, '');
      const part = lens.parts.find(({ fields }) => fields.some((each) => each.replace(/[.[].*$/, '') === name));
      return {
        ...(part ? { column: part.name, value: source ? part.held(source) : null } : {}),
        ...(field === undefined ? {} : { field }),
        reason: expression === undefined ? diagnostics : `${expression}: ${diagnostics}`,
      };
    });
}

/** A failure that is of one row; anything else ends the sync. */
export function asProblems(
  lens: Lens,
  error: unknown,
  resource: AnyResource | undefined,
  source: Source | undefined,
): readonly Problem[] {
  if (error instanceof FhirError && error.status < 500) return refusalOf(lens, error, resource, source);
  throw error;
}
