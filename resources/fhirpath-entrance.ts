/**
 * The JSON properties behind which a path can find anything at all: an expression of which none is there selects nothing, and need not be
 * evaluated. Most search parameters of a type find nothing in most of its resources.
 */
import { propertyName, typeDefinition } from './definition.ts';
import { type Path, parsePath, type Step } from './fhirpath-syntax.ts';

/** A property through which a path goes first, with the type of its value while the path stands right behind it. */
interface Door {
  readonly property: string;
  readonly type?: string;
}

/** `item`: the path has not left the item that it began at. */
type Entrance = readonly Door[] | 'item' | undefined;

/**
 * The properties of a value of `type` of which one must be there for `expression` to select anything; undefined when it may select
 * something in any case, or is more than a path.
 */
export function entranceOf(expression: string, type: string): readonly string[] | undefined {
  const path = parsePath(expression);
  const doors = path && entrance(path, type);
  return doors === undefined || doors === 'item' ? undefined : [...new Set(doors.map(({ property }) => property))];
}

function entrance(path: Path, type: string): Entrance {
  switch (path.kind) {
    case 'this':
      return 'item';
    case 'step':
      return behind(entrance(path.input, type), path.step, type);
    case 'union': {
      const terms = path.terms.map((term) => entrance(term, type));
      const doors = terms.filter((term) => term !== undefined && term !== 'item');
      return doors.length === terms.length ? doors.flat() : undefined;
    }
    case 'resource':
    case 'literal':
    case 'and':
    case 'or':
    case 'equals':
      return undefined;
  }
}

function behind(before: Entrance, step: Step, type: string): Entrance {
  if (before === undefined) return undefined;
  switch (step.kind) {
    case 'child':
      return before === 'item' ? childrenOf(type, step.name) : before.map(({ property }) => ({ property }));
    case 'extension':
      return before === 'item' ? [{ property: 'extension' }] : before.map(({ property }) => ({ property }));
    case 'ofType':
      return before === 'item'
        ? 'item'
        : before.filter((door) => door.type === undefined || mayBe(door.type, step.type));
    // Item by item: nothing comes of nothing.
    case 'where':
    case 'at':
      return before;
    case 'is':
    case 'repeat':
    case 'resolve':
      return before === 'item' ? undefined : before.map(({ property }) => ({ property }));
    // These say something of an empty collection too.
    case 'exists':
    case 'empty':
    case 'not':
      return undefined;
  }
}

function childrenOf(type: string, name: string): readonly Door[] {
  const element = typeDefinition(type)?.elements.find((each) => each.name === name);
  return element ? element.types.map((each) => ({ property: propertyName(element, each), type: each })) : [];
}

/** Whether a value of type `declared` can be of type `wanted`, whose first letter FHIRPath writes as it likes. */
const mayBe = (declared: string, wanted: string): boolean => descends(declared, wanted) || descends(wanted, declared);

function descends(type: string, ancestor: string): boolean {
  for (let each: string | undefined = type; each !== undefined; each = typeDefinition(each)?.base)
    if (each.toLowerCase() === ancestor.toLowerCase()) return true;
  return false;
}
