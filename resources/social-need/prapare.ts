/**
 * PRAPARE, which is understood here and not shipped: the LOINC codes of its questions and answers, without a word of the form, and which answers tell of a
 * need, by Gravity's category. The cut-offs for company and stress are ours. https://loinc.org/93025-5, http://hl7.org/fhir/us/sdoh-clinicalcare
 */
import type { InstrumentItem } from '../questionnaire-response/instrument.ts';
import { type Domain, domains } from './domain.ts';

/** Canonical URLs of its Questionnaires, without version. */
export const PRAPARE: readonly string[] = [
  'http://loinc.org/q/93025-5',
  'http://hl7.org/fhir/us/sdoh-clinicalcare/Questionnaire/SDOHCC-QuestionnairePRAPARE',
];

export interface PrapareQuestion {
  /** Its answers go by their codes alone. */
  readonly item: InstrumentItem;
  /** The code of the need that an answer tells of. */
  readonly needs: ReadonlyMap<string, string>;
}

/** The client would not or could not answer: nothing is said of the need. */
export const UNANSWERED: readonly string[] = ['LA30122-8', 'LA30257-2'];

/** @param others the answers that tell of no need */
function question(code: string, needs: Readonly<Record<string, string>>, ...others: readonly string[]) {
  const answers = [...Object.keys(needs), ...others, ...UNANSWERED];
  const options = answers.map((answer) => ({ code: answer, display: answer, text: { en: answer } }));
  const item: InstrumentItem = { code, display: code, text: { en: code }, options, phrases: [] };
  return { item, needs: new Map(Object.entries(needs)) };
}

const [YES, NO] = ['LA33-6', 'LA32-8'] as const;

export const prapareQuestions: readonly PrapareQuestion[] = [
  question('71802-3', { 'LA30190-5': 'homelessness' }, 'LA30189-7'),
  question('93033-9', { [YES]: 'housing-instability' }, NO),
  question('67875-5', { 'LA17956-6': 'employment-status' }, 'LA30138-4', 'LA30136-8', 'LA30137-6'),
  question(
    '76437-3',
    { 'LA30194-7': 'health-insurance-coverage-status' },
    'LA17849-3',
    'LA30195-4',
    'LA15652-3',
    'LA30196-2',
    'LA30197-0',
    'LA6350-8',
  ),
  question('93031-3', {
    'LA30125-1': 'food-insecurity',
    'LA30126-9': 'material-hardship',
    'LA30124-4': 'utility-insecurity',
    'LA30127-7': 'material-hardship',
    'LA30128-5': 'medical-cost-burden',
    'LA30129-3': 'digital-access',
    'LA46-8': 'material-hardship',
  }),
  question('93030-5', { 'LA30133-5': 'transportation-insecurity', 'LA30134-3': 'transportation-insecurity' }, NO),
  question('93029-7', { 'LA27722-0': 'social-connection', 'LA30130-1': 'social-connection' }, 'LA30131-9', 'LA30132-7'),
  question('93038-8', { 'LA13902-4': 'stress', 'LA13914-9': 'stress' }, 'LA6568-5', 'LA13863-8', 'LA13909-9'),
  question('76501-6', { [YES]: 'intimate-partner-violence' }, NO),
];

const further: readonly Domain[] = [
  { code: 'homelessness', display: 'Homelessness', goal: 'A home of my own', service: 'Help with finding a home' },
  {
    code: 'material-hardship',
    display: 'Material Hardship',
    goal: 'What my family needs every day',
    service: 'Help with things needed every day',
  },
  { code: 'stress', display: 'Stress', goal: 'Less to weigh on me', service: 'Help with stress' },
];

const told = new Set(prapareQuestions.flatMap(({ needs }) => [...needs.values()]));

/** The needs that it asks about: those of the intake, and three more. */
export const prapareDomains: readonly Domain[] = [...domains, ...further].filter(({ code }) => told.has(code));
