/**
 * Where in a JSON text an element stands, for the location of an issue that was found in the parsed resource. Computed when it is
 * asked for, so that reading pays nothing. https://hl7.org/fhir/R4/operationoutcome.html (OperationOutcome.issue.expression)
 */
import { JsonReader, type Position, positionAt } from './json-reader.ts';
import { FhirError } from './outcome.ts';
import { isChoiceOf, type Step, stepsOf } from './simple-path.ts';

/**
 * The position of the value that a simple FHIRPath expression (`Patient.contact[0].name.family`) points to, or of the nearest thing
 * around it that is in the text; undefined when the text is not JSON or the expression is not simple.
 */
export function locate(text: string, expression: string): Position | undefined {
  const steps = stepsOf(expression);
  if (!steps) return undefined;
  try {
    const reader = new JsonReader(text);
    reader.peek();
    return positionAt(text, descend(reader, steps));
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

const [OPEN_ARRAY, OPEN_OBJECT] = [91, 123];

/** The offset of the last step that could be followed. */
function descend(reader: JsonReader, steps: readonly Step[]): number {
  let offset = reader.position;
  for (const step of steps) {
    const property = reader.peek() === OPEN_OBJECT ? propertyOffset(reader, step) : undefined;
    if (property === undefined) break;
    offset = property;
    reader.position = offset;
    if (step.index === undefined || reader.peek() !== OPEN_ARRAY) continue;
    const item = itemOffset(reader, step.index);
    if (item === undefined) break;
    offset = item;
    reader.position = offset;
  }
  return offset;
}

/** The offset of the value of a step in the object that begins here: of the property itself, its `_` form, or the choice it took. */
function propertyOffset(reader: JsonReader, step: Step): number | undefined {
  const found: { exact?: number; companion?: number; choice?: number } = {};
  reader.properties((name) => {
    reader.peek();
    if (name === step.name) found.exact = reader.position;
    else if (name === `_${step.name}`) found.companion = reader.position;
    else if (isChoiceOf(name, step)) found.choice = reader.position;
    reader.value();
  });
  return found.exact ?? found.companion ?? found.choice;
}

function itemOffset(reader: JsonReader, wanted: number): number | undefined {
  let offset: number | undefined;
  reader.items((index) => {
    reader.peek();
    if (index === wanted) offset = reader.position;
    reader.value();
  });
  return offset;
}
