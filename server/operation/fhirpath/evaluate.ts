/**
 * An expression of a client evaluated on a resource, as parameters of the answer. Runs in a process of its own (process.ts), because what a
 * client writes may take any time. http://hl7.org/fhirpath/N1/
 */
import { fhirpathLibrary } from '../../../resources/fhirpath.ts';
import { parseJson } from '../../../resources/json.ts';
import { type ResultPart, resultPart } from './result.ts';

export interface Task {
  readonly expression: string;
  /** Selects what the expression is evaluated on, each by itself; the resource when it is absent. */
  readonly context?: string;
  /** JSON text. */
  readonly resource: string;
  /** What the expression knows by `%name`: JSON texts. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Results of the expression on one of the items that the context selects. */
interface Result {
  readonly name: 'result';
  readonly valueString?: string;
  readonly part: readonly ResultPart[];
}

/** More values than a person reads. */
const MOST = 10_000;

interface LocatedNode {
  readonly fullPropertyName?: () => string | null;
}

/** @throws Error of fhirpath.js, or when there are more than MOST values */
export function evaluate({ expression, context, resource: text, variables: given = {} }: Task): readonly Result[] {
  const { library, model } = fhirpathLibrary();
  const resource = parseJson(text);
  let count = 0;
  let traces: ResultPart[] = [];
  const parts = (values: readonly unknown[]): ResultPart[] => {
    count += values.length;
    if (count > MOST) throw new Error(`there are more than ${MOST} results`);
    const types = library.types(values as never);
    return values.map((value, at) => resultPart(value, types[at] ?? ''));
  };
  const options = {
    resolveInternalTypes: false,
    // Nothing is fetched: functions that would ask another server fail.
    async: false,
    traceFn: (values: unknown, label: string) =>
      void traces.push({ name: 'trace', valueString: label, part: parts(Array.isArray(values) ? values : [values]) }),
  } as const;
  const named = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, parseJson(value)]));
  const variables = { ...named, resource, rootResource: resource, ...constantsOf(`${context ?? ''} ${expression}`) };
  const run = (value: unknown, what: string): unknown[] =>
    library.evaluate(value as never, what, variables, model, options) as unknown[];
  const items = context === undefined ? [resource] : run(resource, context);
  return items.map((item) => {
    traces = [];
    const found = parts(run(item, expression));
    const place = context === undefined ? undefined : (item as LocatedNode | null)?.fullPropertyName?.();
    return { name: 'result', ...(place ? { valueString: place } : {}), part: [...traces, ...found] };
  });
}

/** The constants that FHIR adds to FHIRPath. https://hl7.org/fhir/R4/fhirpath.html#variables */
function constantsOf(text: string): Readonly<Record<string, string>> {
  const named = [...text.matchAll(/%`(vs|ext)-([\w.-]+)`/g)].map(([, kind, name]) => [
    `${kind}-${name}`,
    `http://hl7.org/fhir/${kind === 'vs' ? 'ValueSet' : 'StructureDefinition'}/${name}`,
  ]);
  return { sct: 'http://snomed.info/sct', loinc: 'http://loinc.org', ...Object.fromEntries(named) };
}
