/**
 * Membership in a compartment as an Expression: one of the reference parameters that the CompartmentDefinition names refers to the
 * resource whose compartment it is. https://hl7.org/fhir/R4/compartmentdefinition.html
 */
import { compartmentTables, resourceTypes } from '../../resources/definition.ts';
import { notSupported } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import { type Expression, or } from './expression.ts';
import { type CriterionContext, matchesAny, parameterNamed } from './parse-criterion.ts';
import type { Compartment, SearchRequest } from './query.ts';
import { listed } from './unknown.ts';

/** In the definitions: the resource itself. */
const ITSELF = '{def}';

/** The types that have a compartment: Device, Encounter, Patient, Practitioner, RelatedPerson. */
export const compartmentTypes = (): readonly string[] => compartmentTables().map(({ code }) => code);

/** The types whose resources may be in a compartment, in alphabetical order, the type of the compartment itself among them. */
export function compartmentMembers(compartment: ResourceType): readonly ResourceType[] {
  const table = compartmentTables().find(({ code }) => code === compartment);
  if (!table) return [];
  return [...new Set([...Object.keys(table.parameters), compartment])].sort() as ResourceType[];
}

/** What a resource of `type` must satisfy to be in the compartment; `nothing` when its type never is. */
export function inCompartment(compartment: Compartment, type: ResourceType, context: CriterionContext): Expression {
  const table = compartmentTables().find(({ code }) => code === compartment.type);
  const codes = (table?.parameters[type] ?? []).filter((code) => code !== ITSELF);
  const member = codes.map((code) =>
    matchesAny(parameterNamed(type, code, context), undefined, [`${compartment.type}/${compartment.id}`], context),
  );
  const itself =
    type === compartment.type
      ? [matchesAny(parameterNamed(type, '_id', context), undefined, [compartment.id], context)]
      : [];
  return or([...itself, ...member]);
}

/** The types that a search ranges over before `_type` narrows them. @throws FhirError 404 where the path names no compartment, or no member of it */
export function typesInContext({ type, compartment }: SearchRequest): readonly ResourceType[] {
  if (compartment === undefined) return type === undefined ? resourceTypes() : [type];
  const members = compartmentMembers(compartment.type);
  if (members.length === 0)
    throw notSupported(
      `${compartment.type} has no compartment in R4; ${listed(compartmentTypes())} have`,
      { rule: 'compartment-unknown' },
      404,
    );
  if (type === undefined) return members;
  if (members.includes(type)) return [type];
  throw notSupported(
    `resources of type ${type} are never in the compartment of a ${compartment.type}`,
    { rule: 'compartment-member' },
    404,
  );
}
