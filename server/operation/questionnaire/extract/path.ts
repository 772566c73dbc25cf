/**
 * A place in a resource by the id of its element: `Patient.name.given`, `Observation.value[x]:valueQuantity.value`, `Patient.identifier:mrn.value`.
 * https://hl7.org/fhir/R4/elementdefinition.html#id
 */
import { type ElementTable, propertyName, typeDefinition } from '../../../../resources/definition.ts';

export interface Step {
  /** As in the id: `value[x]:valueQuantity`. */
  readonly id: string;
  readonly slice?: string;
  readonly element: ElementTable;
  /** The types that the element can have here: one, unless it is a choice that nothing narrows. */
  readonly types: readonly string[];
}

/** The steps from the resource on. @throws Error that says which step there is not */
export function stepsOf(id: string): readonly Step[] {
  const [root = '', ...segments] = id.split('.');
  let type = root;
  return segments.map((segment, at) => {
    const [name = '', slice] = segment.split(':');
    const step = typeDefinition(type) && stepIn(type, name, slice, segment);
    if (!step) throw new Error(`${type} has no element ${segment}`);
    const [only] = step.types;
    if (step.types.length > 1 && at < segments.length - 1)
      throw new Error(
        `${segment} of ${type} may be ${step.types.slice(0, 5).join(', ')} ...; expected the type in its name`,
      );
    type = only ?? '';
    return step;
  });
}

function stepIn(type: string, name: string, slice: string | undefined, id: string): Step | undefined {
  const definition = typeDefinition(type);
  const plain = name.replace(/\[x\]$/, '');
  const named = definition?.properties.get(slice ?? '') ?? definition?.properties.get(plain);
  // A slice of a choice is named as its property: value[x]:valueQuantity.
  const isTypeSlice = slice !== undefined && definition?.properties.get(slice)?.element.name === plain;
  if (named && (isTypeSlice || definition?.properties.get(plain) === named))
    return {
      id,
      ...(slice === undefined || isTypeSlice ? {} : { slice }),
      element: named.element,
      types: [named.type],
    };
  const choice = definition?.elements.find((element) => element.name === plain && element.choice);
  return choice && { id, element: choice, types: choice.types };
}

/** The JSON name of a step for a type. */
export const nameOf = ({ element }: Step, type: string): string => propertyName(element, type);
