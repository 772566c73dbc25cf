/**
 * Whether a resource has one index row of a date or number parameter at most. Then two ranges of that parameter concern the same row, and
 * are one range of the index: what lies between them, not what lies on both sides of it.
 */
import { typeDefinition } from '../../resources/definition.ts';
import type { SearchParameter } from './search-parameter.ts';

/** `Appointment.start`, `Observation.effective`, `(Condition.onset as dateTime)`: a path of plain steps. */
const PATH = /^\(?([A-Z][A-Za-z]*(?:\.[a-z][A-Za-z]*)+)(?: as [A-Za-z]+\)|\.as\([A-Za-z]+\)|\))?$/;

export function isSingleValued({ type, resource, expression, alias }: SearchParameter): boolean {
  if ((type !== 'date' && type !== 'number') || alias || !expression) return false;
  const paths = expression.split('|').map((each) => PATH.exec(each.trim())?.[1]);
  const [path] = paths;
  if (paths.length !== 1 || path === undefined) return false;
  const [root, ...steps] = path.split('.');
  return root === resource && stepsOnce(resource, steps);
}

function stepsOnce(type: string, steps: readonly string[]): boolean {
  const [name, ...rest] = steps;
  if (name === undefined) return true;
  const element = typeDefinition(type)?.elements.find((each) => each.name === name);
  const [only] = element?.types ?? [];
  if (!element || element.many || only === undefined) return false;
  return rest.length === 0 || (element.types.length === 1 && stepsOnce(only, rest));
}
