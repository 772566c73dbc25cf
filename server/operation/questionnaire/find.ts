/** The Questionnaire that an operation is about: at the address, sent, or known by canonical, reference or identifier. */
import { formOf } from '../../../profiles/questionnaire/form.ts';
import { parseJson } from '../../../resources/json.ts';
import { badValue, invalid, multipleMatches, notFound, tooLarge } from '../../../resources/outcome.ts';
import { searchValue } from '../../../resources/patient-reference.ts';
import { parseReference } from '../../../resources/reference.ts';
import type { AnyResource, Questionnaire } from '../../../resources/types.ts';
import type { Context } from '../../interaction/interaction.ts';
import { requireVisible, resourceIn } from '../visible.ts';
import { answerTo } from '../x-fhir-query/answer.ts';
import { matchesIn } from '../x-fhir-query/found.ts';
import type { KnownForms } from './known-forms.ts';

/** The parameter `questionnaire` as SDC has it. */
export const questionnaireParameter = {
  type: 'Element',
  allowed: ['uri', 'Reference', 'Questionnaire'],
  min: 0,
  max: '1',
  documentation: 'The Questionnaire: its canonical, a reference to it, or the resource. Not on an instance',
} as const;

// More than a person answers.
const MOST_ITEMS = 5_000;

export interface Wanted {
  readonly id?: string | undefined;
  /** A canonical, a Reference or a resource. */
  readonly questionnaire?: unknown;
  readonly identifier?: unknown;
}

/** @throws FhirError 400 when nothing or too much says which, 404 when it is not known */
export async function questionnaireFor(
  { id, questionnaire, identifier }: Wanted,
  known: KnownForms,
  context: Context,
): Promise<Questionnaire> {
  const found = known.sound(
    id === undefined ? await named(questionnaire, identifier, known, context) : await stored(id, context),
  );
  const count = formOf(found).all.length;
  if (count > MOST_ITEMS) throw tooLarge(`The Questionnaire has ${count} items; ${MOST_ITEMS} are taken`);
  return found;
}

async function named(
  questionnaire: unknown,
  identifier: unknown,
  known: KnownForms,
  context: Context,
): Promise<Questionnaire> {
  const place = { expression: 'http.questionnaire' };
  if (identifier !== undefined) {
    if (questionnaire !== undefined)
      throw invalid('Both questionnaire and identifier say which Questionnaire; expected one of them', place);
    return identified(identifier as { readonly system?: unknown; readonly value?: unknown }, context);
  }
  if (questionnaire === undefined)
    throw invalid('Nothing says which Questionnaire: expected the parameter questionnaire or identifier', place);
  if (typeof questionnaire === 'string') return byCanonical(questionnaire, known, context);
  const object = questionnaire as { readonly resourceType?: unknown; readonly reference?: unknown } | null;
  if (object?.resourceType === 'Questionnaire') return object as unknown as Questionnaire;
  if (typeof object?.reference === 'string') return byCanonical(object.reference, known, context);
  throw badValue(
    `The parameter questionnaire is ${object?.resourceType ? `a ${String(object.resourceType)}` : JSON.stringify(object)?.slice(0, 100)}; expected a canonical, a Reference or a Questionnaire`,
    place,
  );
}

/** The end of the version of an assembled form: what it was made of gives it again. */
const ASSEMBLED = /(\|assembled|-assembled)$/;

/** By its canonical URL, or as what is stored here. @throws FhirError 404 when it is not known */
export async function byCanonical(text: string, known: KnownForms, context: Context): Promise<Questionnaire> {
  const found = known.source.questionnaire?.(text) ?? known.source.questionnaire?.(text.replace(ASSEMBLED, ''));
  if (found) return known.sound(found);
  const local = text.startsWith(`${context.baseUrl}/`) ? text.slice(context.baseUrl.length + 1) : text;
  const reference = parseReference(local);
  if (reference?.kind === 'literal' && reference.type === 'Questionnaire' && reference.base === undefined)
    return known.sound(await stored(reference.id, context));
  throw notFound(`The Questionnaire ${text} is not known here`, { expression: 'http.questionnaire' });
}

const stored = async (id: string, context: Context): Promise<Questionnaire> =>
  resourceIn(await requireVisible('Questionnaire', id, context)) as unknown as Questionnaire;

async function identified(
  { system, value }: { readonly system?: unknown; readonly value?: unknown },
  context: Context,
): Promise<Questionnaire> {
  const expression = 'http.identifier';
  if (typeof value !== 'string') throw badValue('The identifier of a Questionnaire needs a value', { expression });
  const token = `${typeof system === 'string' ? `${searchValue(system)}%7C` : ''}${searchValue(value)}`;
  const bundle = parseJson(await answerTo(`Questionnaire?identifier=${token}&_count=2`, context));
  const [first, second] = matchesIn(bundle as unknown as AnyResource);
  if (second) throw multipleMatches(`Several Questionnaires have the identifier ${value}`, { expression });
  if (!first) throw notFound(`No Questionnaire has the identifier ${value}`, { expression });
  return first as unknown as Questionnaire;
}
