/** A response that counts: completed or amended, to an instrument that is known here, with its score. What rules of scoring begin with. */
import { searchValue } from '../patient-reference.ts';
import type { Facts } from '../reaction.ts';
import { parseCanonical } from '../reference.ts';
import type { AnyResource, Questionnaire, QuestionnaireResponse } from '../types.ts';
import { instrumentFor, instruments } from './index.ts';
import type { Instrument } from './instrument.ts';
import { type Score, score } from './score.ts';

export interface Counted {
  readonly instrument: Instrument;
  readonly response: QuestionnaireResponse;
  readonly score: Score;
}

/** The search that responses to instruments match. */
export const responsesTo = (which: (instrument: Instrument) => boolean = () => true): string =>
  `QuestionnaireResponse?questionnaire=${instruments
    .filter(which)
    .flatMap(({ canonicals }) => canonicals)
    .map(searchValue)
    .join(',')}`;

/** The instrument that a resource answers, whatever its status. */
export const instrumentOf = (resource: AnyResource | undefined): Instrument | undefined =>
  instrumentFor((resource as QuestionnaireResponse | undefined)?.questionnaire);

const COUNTS: readonly string[] = ['completed', 'amended'];

/** The image of a response with its score; undefined when there is none, or when it does not count. */
export async function counted(image: AnyResource | undefined, facts: Facts): Promise<Counted | undefined> {
  const instrument = instrumentOf(image);
  if (!image || !instrument) return undefined;
  const response = image as unknown as QuestionnaireResponse;
  if (!COUNTS.includes(response.status)) return undefined;
  const plain = score(instrument, response);
  if (plain.missing.length === 0) return { instrument, response, score: plain };
  const questionnaire = await questionnaireOf(response, facts);
  return { instrument, response, score: questionnaire ? score(instrument, response, questionnaire) : plain };
}

/** The Questionnaire that was answered, when it is stored here: its codes tell items apart that nothing else does. */
export async function questionnaireOf(
  { questionnaire = '' }: QuestionnaireResponse,
  facts: Facts,
): Promise<Questionnaire | undefined> {
  const { url, version } = parseCanonical(questionnaire);
  const all = (await facts.find(`Questionnaire?url=${searchValue(url)}`)) as unknown as readonly Questionnaire[];
  return all.find((each) => each.version === version) ?? all[0];
}
