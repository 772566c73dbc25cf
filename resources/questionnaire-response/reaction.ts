/**
 * Scoring: a response that counts yields the answers, the total and the panel of its instrument. Amending it amends them, and when it is taken back,
 * deleted or no longer counts they are entered in error. The total is computed and never believed.
 */
import { isDeepStrictEqual } from 'node:util';
import { issue } from '../outcome.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import type { Observation } from '../types.ts';
import { counted, instrumentOf, responsesTo } from './counted.ts';
import { type DerivedObservation, observationId, observationIds, observationsOf, remarks } from './observations.ts';

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
      ...wanted.map((observation): Derived => {
        const status = statusOf(observation, current.get(observation.id));
        return { kind: 'put', resource: { ...observation, status } };
      }),
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

const enteredInError = (observation: DerivedObservation): Derived => ({
  kind: 'put',
  resource: { ...observation, status: 'entered-in-error' },
});

/** Amended, once it has said something else before. */
function statusOf(wanted: Observation, current: Observation | undefined): Observation['status'] {
  if (!current || wanted.status === 'amended') return wanted.status;
  return current.status === 'final' && isSame(current, wanted) ? 'final' : 'amended';
}

function isSame(a: Observation, b: Observation): boolean {
  const plain = ({ meta: _meta, ...elements }: Observation) => JSON.parse(JSON.stringify(elements)) as unknown;
  return isDeepStrictEqual(plain(a), plain(b));
}
