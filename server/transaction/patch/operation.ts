/** The operations of a FHIRPath Patch, read from their Parameters. https://hl7.org/fhir/R4/fhirpatch.html#format */
import { invalid } from '../../../resources/outcome.ts';
import { type ListPath, type Path, parseListPath, parsePath } from './path.ts';
import { kindOf, type Named, shown } from './run.ts';

/** `Parameters.parameter` or a `part` of it, as JSON. */
export type Part = Readonly<Record<string, unknown>>;

export type Operation = Named &
  (
    | { readonly type: 'add'; readonly path: Path; readonly name: string; readonly value: Part }
    | { readonly type: 'insert'; readonly path: ListPath; readonly index: number; readonly value: Part }
    | { readonly type: 'delete'; readonly path: Path }
    | { readonly type: 'replace'; readonly path: Path; readonly value: Part }
    | { readonly type: 'move'; readonly path: ListPath; readonly source: number; readonly destination: number }
  );

/** The parts that each type of operation has beside `type`; all are required. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  add: ['path', 'name', 'value'],
  insert: ['path', 'index', 'value'],
  delete: ['path'],
  replace: ['path', 'value'],
  move: ['path', 'source', 'destination'],
};
const TYPES = Object.keys(PARTS);

/** @throws FhirError invalid, naming the part, what was found and what was expected */
export function parseOperation(parameter: unknown): Operation {
  const parts = partsOf(parameter);
  const type = textOf(parts, 'type');
  const expected = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
  if (!expected) throw invalid(`type is ${shown(type)}; expected ${TYPES.slice(0, -1).join(', ')} or ${TYPES.at(-1)}`);
  const missing = expected.find((name) => !parts.has(name));
  if (missing) throw invalid(`${type} has no part ${missing}; expected the parts ${['type', ...expected].join(', ')}`);
  const surplus = [...parts.keys()].find((name) => name !== 'type' && !expected.includes(name));
  if (surplus !== undefined)
    throw invalid(`${type} has a part ${shown(surplus)}; expected only the parts ${['type', ...expected].join(', ')}`);
  return operationOf(type as Operation['type'], parts);
}

function operationOf(type: Operation['type'], parts: ReadonlyMap<string, Part>): Operation {
  const text = textOf(parts, 'path');
  const label = `${type} ${text.length > 120 ? shown(text) : text}`;
  switch (type) {
    case 'add':
      return { type, label, path: parsePath(text), name: textOf(parts, 'name'), value: parts.get('value') ?? {} };
    case 'insert':
      return {
        type,
        label,
        path: parseListPath(text),
        index: indexOf(parts, 'index'),
        value: parts.get('value') ?? {},
      };
    case 'delete':
      return { type, label, path: parsePath(text) };
    case 'replace':
      return { type, label, path: parsePath(text), value: parts.get('value') ?? {} };
    case 'move': {
      const [source, destination] = [indexOf(parts, 'source'), indexOf(parts, 'destination')];
      return { type, label, path: parseListPath(text), source, destination };
    }
  }
}

function partsOf(parameter: unknown): ReadonlyMap<string, Part> {
  const { name, part } = objectOf(parameter, 'the parameter');
  if (name !== 'operation') throw invalid(`the parameter is named ${shown(name)}; expected "operation"`);
  const parts = new Map<string, Part>();
  for (const each of partList(part)) {
    const partName = each.name;
    if (typeof partName !== 'string') throw invalid(`a part has ${kindOf(partName)} for its name; expected a string`);
    if (parts.has(partName)) throw invalid(`the part ${shown(partName)} is there twice; expected it once`);
    parts.set(partName, each);
  }
  return parts;
}

/** The parts of a parameter or part. @throws FhirError invalid when `part` is no list of objects */
export function partList(part: unknown): readonly Part[] {
  if (part === undefined) return [];
  if (!Array.isArray(part)) throw invalid(`part is ${kindOf(part)}; expected an array`);
  return part.map((each) => objectOf(each, 'a part'));
}

function objectOf(value: unknown, what: string): Part {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Part;
  throw invalid(`${what} is ${kindOf(value)}; expected an object`);
}

/** Clients write `type` as valueCode or valueString, and so `path` and `name`. */
function textOf(parts: ReadonlyMap<string, Part>, name: string): string {
  const part = parts.get(name);
  if (!part) throw invalid(`there is no part ${name}; expected one with valueString`);
  const text = part.valueString ?? part.valueCode;
  if (typeof text === 'string' && text !== '') return text;
  throw invalid(`the part ${name} has ${propertiesOf(part)}; expected a valueString that is not empty`);
}

function indexOf(parts: ReadonlyMap<string, Part>, name: string): number {
  const part = parts.get(name) ?? {};
  const index = part.valueInteger ?? part.valueUnsignedInt ?? part.valuePositiveInt;
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return index;
  throw invalid(`the part ${name} has ${propertiesOf(part)}; expected a valueInteger of 0 or more`);
}

const propertiesOf = (part: Part): string =>
  Object.keys(part)
    .filter((name) => name !== 'name')
    .map(shown)
    .join(', ') || 'no value';
