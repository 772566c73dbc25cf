/** Expressions that operations make themselves, as a search would have parsed them. */
import { typeNumber } from '../../resources/definition.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Expression } from '../search/expression.ts';
import { or } from '../search/expression.ts';
import { type CriterionContext, criterion, newBudget, parameterNamed } from '../search/parse-criterion.ts';
import type { SearchContext } from '../search/query.ts';
import type { ReferenceValue } from '../search/type/reference.ts';

const criterionContext = ({ parameters, baseUrl }: SearchContext): CriterionContext => ({
  parameters,
  baseUrl,
  budget: newBudget(),
});

/** What `name=text` asks of resources of `type`. @throws FhirError as a search does */
export const asks = (type: ResourceType, name: string, text: string, context: SearchContext): Expression =>
  criterion(type, name, text, criterionContext(context));

/** At most MAX_IDS ids. */
export const withIds = (type: ResourceType, ids: readonly string[], context: SearchContext): Expression =>
  asks(type, '_id', ids.join(','), context);

/**
 * Refers by one of the parameters to the resource `id` of `target`, or to any resource of that type.
 * @throws FhirError while one of them is still being indexed
 */
export function refersTo(
  type: ResourceType,
  codes: readonly string[],
  target: ResourceType,
  id: string | undefined,
  context: SearchContext,
): Expression {
  const types = [typeNumber(target)];
  const value: ReferenceValue =
    id === undefined
      ? { type: 'reference', kind: 'any', types }
      : { type: 'reference', kind: 'to', local: { id, types }, texts: [] };
  const terms = codes.map((code): Expression => {
    return { kind: 'matches', param: parameterNamed(type, code, criterionContext(context)), value };
  });
  return or(terms);
}
