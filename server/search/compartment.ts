/**
 * Membership in a compartment as an Expression: one of the reference parameters that the CompartmentDefinition names refers to the
 * resource whose compartment it is. https://hl7.org/fhir/R4/compartmentdefinition.html
 */
import { compartmentTables } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import { type Expression, or } from './expression.ts';
import { type CriterionContext, matchesAny, parameterNamed } from './parse-criterion.ts';
import type { Compartment } from './query.ts';

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
