/** What a terminology operation is asked about: the value set, code system or concept map, and the code. */
import { badStructure, invalid, notFound } from '../../../resources/outcome.ts';
import type {
  CodeableConcept,
  CodeSystem,
  Coding,
  ConceptMap,
  JsonObject,
  ValueSet,
} from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import type { Concepts } from '../../terminology/concepts.ts';
import { resourceConcepts } from '../../terminology/resource-concepts.ts';
import { shaped } from '../../terminology/shape.ts';
import { requireSystem, requireValueSet, type Terminology } from '../../terminology/terminology.ts';
import { requireVisible, resourceIn } from '../visible.ts';

interface Kinds {
  readonly ValueSet: ValueSet;
  readonly CodeSystem: CodeSystem;
  readonly ConceptMap: ConceptMap;
}

/** The resource at the address, or the one in the request. */
async function ownResource<T extends keyof Kinds>(
  type: T,
  id: string | undefined,
  given: JsonObject | undefined,
  context: Context,
): Promise<Kinds[T] | undefined> {
  if (id !== undefined)
    return shaped(resourceIn(await requireVisible(type, id, context))).resource as unknown as Kinds[T];
  if (given === undefined) return undefined;
  const { resourceType } = (given as JsonObject | null) ?? {};
  if (resourceType !== type)
    throw invalid(`The resource is a ${String(resourceType)}; expected a ${type}`, { expression: 'resourceType' });
  const { resource, problems } = shaped(given);
  if (problems.length > 0)
    throw badStructure(`The ${type} has not the form that R4 gives it: ${problems.slice(0, 3).join('; ')}`);
  return resource as unknown as Kinds[T];
}

const withVersion = (url: string, version: string | undefined): string =>
  version === undefined || url.includes('|') ? url : `${url}|${version}`;

/** The parameters by which an operation on value sets is told which one. */
export const valueSetSubject = {
  url: { type: 'uri', min: 0, max: '1', documentation: 'The canonical of the value set' },
  valueSet: { type: 'ValueSet', min: 0, max: '1', documentation: 'The value set itself' },
  valueSetVersion: { type: 'string', min: 0, max: '1', documentation: 'The version of the value set' },
} as const;

/** @throws FhirError 404 when it is not here, 400 when none is named */
export async function subjectValueSet(
  { id, url, version, given }: { id?: string; url?: string; version?: string; given?: JsonObject },
  terminology: Terminology,
  context: Context,
): Promise<ValueSet> {
  const own = await ownResource('ValueSet', id, given, context);
  if (own) return own;
  if (url === undefined)
    throw invalid('Which value set? Name it by the parameter url, send it as valueSet, or ask ValueSet/[id]', {
      expression: 'http.url',
    });
  return requireValueSet(terminology, withVersion(url, version));
}

/** @throws FhirError 404 when it is not here, 400 when none is named */
export async function subjectSystem(
  { id, url, version, given }: { id?: string; url?: string; version?: string; given?: JsonObject },
  terminology: Terminology,
  context: Context,
): Promise<Concepts> {
  const own = await ownResource('CodeSystem', id, given, context);
  if (own) {
    if (own.content !== 'not-present') return resourceConcepts(own);
    return requireSystem(terminology, own.url ?? '');
  }
  if (url === undefined)
    throw invalid('Which code system? Name it by its URL, send it, or ask CodeSystem/[id]', { expression: 'http.url' });
  return requireSystem(terminology, withVersion(url, version));
}

/** The concept maps to translate by: the one that is named, or all that fit. @throws FhirError 404 */
export async function subjectMaps(
  { id, url, version, given }: { id?: string; url?: string; version?: string; given?: JsonObject },
  terminology: Terminology,
  context: Context,
): Promise<readonly ConceptMap[]> {
  const own = await ownResource('ConceptMap', id, given, context);
  if (own) return [own];
  if (url === undefined) return terminology.conceptMaps();
  const found = terminology.conceptMap(withVersion(url, version));
  if (!found) throw notFound(`The concept map ${url} is not available here`, { rule: 'concept-map-unknown' });
  return [found];
}

/** The codes in question, from `code` and `system`, `coding` or `codeableConcept`. @throws FhirError 400 when there are none or several ways */
export function codingsOf({
  code,
  system,
  version,
  display,
  coding,
  codeableConcept,
}: {
  code?: string;
  system?: string;
  version?: string;
  display?: string;
  coding?: JsonObject;
  codeableConcept?: JsonObject;
}): readonly Coding[] {
  const ways = [code, coding, codeableConcept].filter((each) => each !== undefined).length;
  if (ways !== 1)
    throw invalid(
      `${ways === 0 ? 'No code is given' : 'The code is given in several ways'}; expected one of code, coding, codeableConcept`,
      {
        expression: 'http.code',
      },
    );
  if (code !== undefined) return [{ code, system, version, display }];
  const given: unknown = coding ? [coding] : ((codeableConcept as CodeableConcept).coding ?? []);
  const isText = (each: unknown): boolean => each === undefined || typeof each === 'string';
  const usable = (Array.isArray(given) ? (given as readonly (Coding | null)[]) : []).flatMap((each) =>
    each && typeof each.code === 'string' && isText(each.system) && isText(each.version) && isText(each.display)
      ? [each]
      : [],
  );
  if (usable.length === 0)
    throw invalid(`${coding ? 'The coding' : 'The codeableConcept'} has no code with a system that are texts`, {
      expression: coding ? 'http.coding' : 'http.codeableConcept',
    });
  return usable;
}
