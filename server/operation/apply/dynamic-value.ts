/** Values that expressions give for elements of what a definition makes. https://hl7.org/fhir/R4/activitydefinition.html#dynamicvalue */
import { isPrimitive, propertyName } from '../../../resources/definition.ts';
import { unprocessable } from '../../../resources/outcome.ts';
import { type Step, stepsOf } from '../../../resources/simple-path.ts';
import { insertItem, writeSingle } from '../../transaction/patch/content.ts';
import type { MutableObject } from '../../transaction/patch/element.ts';
import { contentOf, type Target, targetOf } from '../../transaction/patch/value.ts';
import type { ResultPart } from '../fhirpath/result.ts';

/** More items than a person writes; a list is not filled up to an index of a client. */
const MOST_ITEMS = 1000;

/**
 * Writes `values` to the element at `path` of `object`, which is of `type`: `restriction.period.end`, `note[0].text`. A list gets an item for each value
 * when the path has no index; what does not repeat gets the first value. Nothing is written where there is no value.
 * @throws FhirError 422, naming `place`, when the path is none of the type or a value does not fit
 */
export function writeValue(
  object: MutableObject,
  type: string,
  path: string,
  values: readonly ResultPart[],
  place: string,
): void {
  const steps = stepsOf(path);
  if (!steps || steps.length === 0)
    throw unprocessable(`${place} is ${path}; expected the path of an element, such as restriction.period.end`, {
      expression: place,
    });
  if (values.length > 0) write(object, type, steps, values.slice(0, MOST_ITEMS));
}

function write(object: MutableObject, type: string, steps: readonly Step[], values: readonly ResultPart[]): void {
  const [step, ...rest] = steps;
  if (!step) return;
  const found = targetOf(type, step.name);
  const target: Target = step.type ? { ...found, types: found.types.filter((each) => each === step.type) } : found;
  if (rest.length === 0) writeHere(object, target, values);
  else writeBelow(object, target, step, rest, values);
}

function writeHere(object: MutableObject, target: Target, values: readonly ResultPart[]): void {
  const { table } = target;
  for (const type of table.types) writeSingle(object, propertyName(table, type), {});
  for (const [at, value] of (table.many ? values : values.slice(0, 1)).entries()) {
    const { name, content } = contentOf(fitting(value, target), target);
    if (table.many) insertItem(object, name, at, content);
    else writeSingle(object, name, content);
  }
}

function writeBelow(
  object: MutableObject,
  { table, types }: Target,
  step: Step,
  rest: readonly Step[],
  values: readonly ResultPart[],
): void {
  const [type, another] = types.filter((each) => !isPrimitive(each));
  if (type === undefined || another !== undefined)
    throw unprocessable(`${table.name} is ${table.types.join(' or ')}; a path goes on below one complex type`);
  const name = propertyName(table, type);
  const made = (value: readonly ResultPart[]): MutableObject => {
    const item: MutableObject = {};
    write(item, type, rest, value);
    return item;
  };
  if (!table.many) {
    const child = { ...((object[name] as MutableObject | undefined) ?? {}) };
    write(child, type, rest, values);
    object[name] = child;
    return;
  }
  const list = [...((object[name] as MutableObject[] | undefined) ?? [])];
  if (step.index === undefined) list.push(...values.map((value) => made([value])));
  else if (step.index > list.length)
    throw unprocessable(`${table.name} has ${list.length} items; index ${step.index} leaves some out`);
  else {
    const child = { ...(list[step.index] ?? {}) };
    write(child, type, rest, values);
    list[step.index] = child;
  }
  object[name] = list;
}

/** A text of FHIRPath as the primitive that the element is: FHIRPath has no codes, and days of variables are texts. */
function fitting(value: ResultPart, { table, types }: Target): ResultPart {
  const [type] = types;
  if (table.choice || type === undefined || !isPrimitive(type) || value.valueString === undefined) return value;
  const plain = type.replace(/^http:.*\./, '').toLowerCase() === 'string' ? 'string' : type;
  const { valueString, ...rest } = value;
  return { ...rest, [`value${plain.charAt(0).toUpperCase()}${plain.slice(1)}`]: valueString };
}
