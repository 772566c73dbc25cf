/** A Questionnaire against itself: conditions refer to questions that are there and are not their own. https://hl7.org/fhir/R4/questionnaire.html#enablewhen */
import type { JsonObject } from '../../resources/types.ts';
import { type Scope, shown, type Walk } from '../walk.ts';
import { allItems, objectsIn } from './item.ts';

export function checkQuestionnaire({ resource, path }: Scope, walk: Walk): void {
  const linkIds = new Set(allItems(resource).map(({ linkId }) => linkId));
  checkConditions(resource, path, linkIds, walk);
}

function checkConditions(parent: JsonObject, path: string, linkIds: ReadonlySet<unknown>, walk: Walk): void {
  for (const { object: item, at } of objectsIn(parent.item)) {
    const here = `${path}.item[${at}]`;
    const inner =
      objectsIn(item.enableWhen).length > 0 ? new Set(allItems(item).map(({ linkId }) => linkId)) : undefined;
    for (const { object: condition, at: index } of objectsIn(item.enableWhen)) {
      const { question } = condition;
      if (question === item.linkId || inner?.has(question))
        walk.error(
          'invariant',
          'enable-when-inner',
          here,
          `the item ${shown(item.linkId)} is enabled by ${shown(question)}, which is itself or below it`,
        );
      else if (!linkIds.has(question))
        walk.error(
          'not-found',
          'enable-when-question',
          `${here}.enableWhen[${index}]`,
          `the questionnaire has no item ${shown(question)}`,
        );
    }
    checkConditions(item, here, linkIds, walk);
  }
}
