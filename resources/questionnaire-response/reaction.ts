/**
 * Scoring: a response that counts yields the answers, the total and the panel of its instrument. Amending it amends them, and when it is taken back,
 * deleted or no longer counts they are entered in error. The total is computed and never believed.
 */
import { type DerivedObservation, enteredInError, restated } from '../observation/restated.ts';
import { issue } from '../outcome.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import { counted, instrumentOf, responsesTo } from './counted.ts';
import { observationId, observationIds, observationsOf, remarks } from './observations.ts';

export const scoring: Reaction = {
  name: 'score',
  on: responsesTo(),
  async derive(change, facts) {
    const { id, after, instant } = change;
    const form = await counted(after, facts);
    const current = await stored(change, facts);
    if (!form) return [...current.values()].map(enteredInError);
    const { instrument, score, response } = form;
    // A response without a time keeps that of its first scoring.
    const first = response.authored === undefined ? current.get(observationId(instrument, 'total', id)) : undefined;
    const wanted = observationsOf(form, first?.issued ?? instant);
    const ids = new Set(wanted.map((observation) => observation.id));
    return [
      ...[...current.values()].filter((observation) => !ids.has(observation.id)).map(enteredInError),
      ...wanted.map((observation) => restated(observation, current.get(observation.id))),
      ...remarks(instrument, score).map(
        ({ text, path }): Derived => ({
          kind: 'issue',
          issue: issue('business-rule', text, { severity: 'warning', expression: path, rule: 'instrument-score' }),
        }),
      ),
    ];
  },
};

/** What has been derived from the response before, by id. */
async function stored({ id, before, after }: Reacting, facts: Facts): Promise<ReadonlyMap<string, DerivedObservation>> {
  const own = new Set([before, after].flatMap((image) => idsOf(image, id)));
  // The total is there whenever anything is; a response that is new seldom has one.
  const [total] = own;
  if (!before && (total === undefined || !(await facts.get('Observation', total)))) return new Map();
  const found = await facts.find(`Observation?derived-from=QuestionnaireResponse/${id}`);
  return new Map(
    (found as unknown as readonly DerivedObservation[]).flatMap((each) => (own.has(each.id) ? [[each.id, each]] : [])),
  );
}

function idsOf(image: Reacting['after'], id: string): readonly string[] {
  const instrument = instrumentOf(image);
  return instrument ? observationIds(instrument, id) : [];
}
