/** Ids that follow from a response and a place in it: the same whenever it is extracted. */
import { createHash } from 'node:crypto';
import type { Container, ResponseItem } from '../../../../profiles/questionnaire/response.ts';
import { stringifyJson } from '../../../../resources/json.ts';
import { derivedId } from '../../../../resources/reaction.ts';
import type { Questionnaire, QuestionnaireResponse } from '../../../../resources/types.ts';

export class Identity {
  readonly #parts: readonly string[];

  constructor(response: QuestionnaireResponse, { url = '' }: Pick<Questionnaire, 'url'>) {
    // A response that is not stored is known by what it says.
    const { meta: _meta, text: _text, ...said } = response;
    this.#parts = ['extract', url, response.id ?? createHash('sha256').update(stringifyJson(said)).digest('hex')];
  }

  /** As the id of a resource. */
  id(...parts: readonly string[]): string {
    return derivedId(...this.#parts, ...parts);
  }

  uuid(...parts: readonly string[]): string {
    const hex = this.id(...parts);
    // Version 8 of RFC 9562: made by a rule of one's own.
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  urn(...parts: readonly string[]): string {
    return `urn:uuid:${this.uuid(...parts)}`;
  }
}

/** The items of one place, each with a key that stays the same when others are answered or not: its linkId, and which of several it is. */
export function* keyed({ items }: Container, key: string): Generator<readonly [ResponseItem, string]> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const count = counts.get(item.linkId) ?? 0;
    counts.set(item.linkId, count + 1);
    yield [item, `${key}/${count}:${item.linkId}`];
  }
}
