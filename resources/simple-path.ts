/**
 * Simple FHIRPath: element names and indices from the root, which is what issues point with (`Patient.contact[0].name.family`).
 * https://hl7.org/fhir/R4/fhirpath.html#simple
 */

export interface Step {
  readonly name: string;
  /** From 0; undefined when the path names all items of a list. */
  readonly index: number | undefined;
  /** The type that a choice is narrowed to: `Quantity` of `value.ofType(Quantity)`. */
  readonly type: string | undefined;
}

/** A way through JSON: the names of properties and the indices of items. */
export type PathStep = string | number;

/** `Patient` and `['name', 0, 'given']` as FHIRPath: `Patient.name[0].given`. Undefined for an empty path of an unknown type. */
export function expressionOf(type: unknown, path: readonly PathStep[]): string | undefined {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  const expression = (typeof type === 'string' ? type : '') + steps;
  return expression === '' ? undefined : expression.replace(/^\./, '');
}

const SEGMENT = /^([A-Za-z]\w*)(?:\[(\d{1,9})\])?$/;
const NARROWING = /^(?:ofType|as)\((?:FHIR\.)?(\w+)\)$/;

/** The steps below the root; undefined when the expression is anything else than a simple path. */
export function stepsOf(expression: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (const [place, segment] of expression.split('.').entries()) {
    const narrowed = NARROWING.exec(segment)?.[1];
    const last = steps.at(-1);
    if (narrowed && last) {
      steps[steps.length - 1] = { ...last, type: narrowed };
      continue;
    }
    const [, name, index] = SEGMENT.exec(segment) ?? [];
    if (name === undefined) return undefined;
    const isRoot = place === 0 && /^[A-Z]/.test(name);
    if (!isRoot) steps.push({ name, index: index === undefined ? undefined : Number(index), type: undefined });
  }
  return steps;
}

/** True when the JSON name `property` may stand for the step: `valueQuantity` for `value`. */
export function isChoiceOf(property: string, { name, type }: Step): boolean {
  if (!property.startsWith(name)) return false;
  const rest = property.slice(name.length);
  return type === undefined ? /^[A-Z]/.test(rest) : rest.toLowerCase() === type.toLowerCase();
}
