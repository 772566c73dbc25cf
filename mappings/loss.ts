/**
 * What a conversion loses: the elements of a resource that no field says, and the fields of a model that no element holds. Found by trying: what can be
 * taken away without a difference on the other side is not said there.
 */
import { isObject, type Json, same } from './json.ts';
import type { Mapping } from './mapping.ts';

export interface Loss {
  /** Paths: `Patient.photo`, `Patient.name[0].period`; of a model `goals[0].due`. */
  readonly paths: readonly string[];
  /** True when there was more to try than is tried, so that the list may lack some. */
  readonly isPartial: boolean;
}

/** Elements that are tried at most, and the work that all trying may be: each try reads the whole, so a large record gets fewer of them. */
const MOST = 2000;
const WORK = 1_000_000;

/** The elements of a resource that the model does not say. */
export function lossOfDecoding(mapping: Mapping, resource: Json): Loss {
  const whole = mapping.codec.decode(resource);
  return unsaid(String(resource.resourceType), resource, (without) => same(mapping.codec.decode(without), whole), [
    'resourceType',
  ]);
}

/** The fields of a model that FHIR does not hold, those that are computed among them. */
export function lossOfEncoding(mapping: Mapping, model: Json): Loss {
  const whole = mapping.codec.encode(model as never);
  return unsaid('', model, (without) => same(mapping.codec.encode(without as never), whole));
}

function unsaid(root: string, value: Json, isSame: (without: Json) => boolean, except: readonly string[] = []): Loss {
  const paths: string[] = [];
  const most = Math.min(MOST, Math.floor(WORK / sizeOf(value)));
  let tries = 0;
  const visit = (at: unknown, path: string, rebuild: (part: unknown) => Json): void => {
    for (const [key, part] of Object.entries(at as object)) {
      if (path === root && except.includes(key)) continue;
      if (tries >= most) return;
      tries += 1;
      const here = Array.isArray(at) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      if (isSame(rebuild(without(at, key)))) {
        paths.push(here);
        continue;
      }
      if (typeof part === 'object' && part !== null) visit(part, here, (inner) => rebuild(replaced(at, key, inner)));
    }
  };
  visit(value, root, (part) => part as Json);
  return { paths, isPartial: tries >= most };
}

function without(of: unknown, key: string): unknown {
  if (Array.isArray(of)) return of.filter((_, index) => String(index) !== key);
  const { [key]: _, ...rest } = of as Json;
  return rest;
}

const replaced = (of: unknown, key: string, part: unknown): unknown =>
  Array.isArray(of)
    ? of.map((each, index) => (String(index) === key ? part : each))
    : { ...(isObject(of) ? of : {}), [key]: part };

/** The number of values in a value, itself included. */
function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + sizeOf(each), 1);
}
