/**
 * The table of PHQ-9 cases (phq9.json) as QuestionnaireResponses: nine answers in points, how they are written down, and the outcome that
 * is right whichever way the response reaches the server.
 */
import { readFileSync } from 'node:fs';
import { phq9, phq9Items } from '../../resources/questionnaire-response/phq9.ts';
import type {
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from '../../resources/types.ts';

export interface Phq9Case {
  readonly name: string;
  /** Points of the nine items; null for one that is left out. */
  readonly answers: readonly (number | null)[];
  readonly as?: string;
  readonly itemsBy?: string;
  readonly nesting?: 'group' | 'deep' | 'answer' | 'sdc';
  readonly order?: 'reverse';
  readonly replace?: Readonly<Record<string, QuestionnaireResponseItem>>;
  readonly add?: readonly QuestionnaireResponseItem[];
  readonly difficulty?: string;
  readonly canonical?: string;
  readonly status?: QuestionnaireResponse['status'];
  readonly expect: {
    readonly total?: number;
    /** The LOINC answer of the severity. */
    readonly band?: string;
    /** LOINC codes of the items. */
    readonly missing?: readonly string[];
    /** LinkIds, or the code of an item with answers that differ. */
    readonly unknown?: readonly string[];
    readonly submittedTotal?: number;
    readonly safety?: boolean;
  };
}

export const phq9Cases = JSON.parse(
  readFileSync(new URL('./phq9.json', import.meta.url), 'utf8'),
) as readonly Phq9Case[];

const LOINC = 'http://loinc.org';
const LOCAL = 'https://practice.example/answers';

function answer(points: number, as: string): QuestionnaireResponseItemAnswer {
  const option = phq9Items[0]?.options[points];
  if (!option) throw new Error(`no answer of ${points} points`);
  const { code, display, text } = option;
  const weight = (url: string) => [{ url: `http://hl7.org/fhir/StructureDefinition/${url}`, valueDecimal: points }];
  switch (as) {
    case 'loinc':
      return { valueCoding: { system: LOINC, code, display } };
    case 'code-without-system':
      return { valueCoding: { code } };
    case 'local-code':
      return { valueCoding: { system: LOCAL, code: String(points) } };
    case 'item-weight':
      return { valueCoding: { system: LOCAL, code: `answer-${points}`, extension: weight('itemWeight') } };
    case 'ordinal-value':
      return { valueCoding: { system: LOCAL, code: `answer-${points}`, extension: weight('ordinalValue') } };
    case 'weight-on-answer':
      return { valueCoding: { system: LOCAL, code: `answer-${points}` }, extension: weight('itemWeight') };
    case 'display-only':
      return { valueCoding: { display } };
    case 'sdc':
      return { valueCoding: { code: display, display } };
    case 'integer':
      return { valueInteger: points };
    case 'decimal':
      return { valueDecimal: points };
    case 'english':
      return { valueString: text.en };
    case 'spanish':
      return { valueString: text.es };
    case 'shouted':
      return { valueString: ` ${text.en.toUpperCase()}. ` };
    case 'digits':
      return { valueString: String(points) };
    default:
      throw new Error(`no form of answer is called ${as}`);
  }
}

function question(at: number, by: string): Omit<QuestionnaireResponseItem, 'answer'> {
  const { code = '', text } = phq9Items[at] ?? {};
  switch (by) {
    case 'slash':
      return { linkId: `/${code}`, text: text?.en };
    case 'code':
      return { linkId: code };
    case 'panel-path':
      return { linkId: `/44249-1/${code}` };
    case 'prefixed-code':
      return { linkId: `phq9-${code}` };
    case 'number':
      return { linkId: String(at + 1) };
    case 'q-number':
      return { linkId: `Q${at + 1}` };
    case 'phq9-number':
      return { linkId: `phq9-q${at + 1}` };
    case 'text-english':
      return { linkId: `a${at}z`, text: `${at + 1}. ${text?.en}?` };
    case 'text-spanish':
      return { linkId: `a${at}z`, text: text?.es };
    case 'definition':
      return { linkId: `a${at}z`, definition: `http://loinc.org/fhir/StructureDefinition/phq9#${code}` };
    case 'sdc':
      return { linkId: `H1/T1/Q${at + 1}`, text: sdcTexts[at] };
    case 'misnumbered':
      return { linkId: String(9 - at), text: text?.en };
    default:
      throw new Error(`items cannot be known by ${by}`);
  }
}

// As HL7 publishes them in the SDC guide, slips of the pen included.
const sdcTexts = [
  'Little interest or pleasure in doing things?',
  'Feeling down, depressed, or hopeless?',
  'Trouble falling or staying asleep, or sleeping too much?',
  'Feeling tired or having little energy?',
  'Poor appetite or overeating?',
  'Feeling bad about yourself - or that you are a failure or have let yourself or your family down?',
  'Trouble concentrating on things, such as reading the newspaper or watching television?',
  'Moving or speaking so slowly that other people could gave noticed? Or so fidgety or restless that you have been moving a lot more than usual?',
  'Thoughts that you would be better off dead, or thoughts of hurting yourself in some way?',
];

function nested(items: QuestionnaireResponseItem[], nesting: Phq9Case['nesting']): QuestionnaireResponseItem[] {
  switch (nesting) {
    case undefined:
      return items;
    case 'group':
      return [{ linkId: 'questions', item: items }];
    case 'deep':
      return [{ linkId: 'a', item: [{ linkId: 'b', item: [{ linkId: 'c', item: items }] }] }];
    case 'answer':
      return [{ linkId: 'ready', text: 'Shall we begin?', answer: [{ valueBoolean: true, item: items }] }];
    case 'sdc':
      return [{ linkId: 'H1/T1', item: items }];
  }
}

/** The response of a case; `subject` and the like are for the caller to add. */
export function responseOf(each: Phq9Case): QuestionnaireResponse {
  const items = each.answers.flatMap((points, at): QuestionnaireResponseItem[] =>
    points === null
      ? []
      : [
          each.replace?.[String(at)] ?? {
            ...question(at, each.itemsBy ?? 'slash'),
            answer: [answer(points, each.as ?? 'loinc')],
          },
        ],
  );
  if (each.order === 'reverse') items.reverse();
  const { submittedTotal } = each.expect;
  const total: QuestionnaireResponseItem[] =
    submittedTotal === undefined
      ? []
      : each.nesting === 'sdc'
        ? [
            {
              linkId: 'H1/TS',
              text: 'Patient health questionnaire 9 item total score',
              answer: [{ valueQuantity: { value: submittedTotal, unit: 'score' } }],
            },
          ]
        : [{ linkId: '/44261-6', answer: [{ valueDecimal: submittedTotal }] }];
  const difficulty = each.difficulty
    ? [{ linkId: '/69722-7', answer: [{ valueCoding: { system: LOINC, code: each.difficulty } }] }]
    : [];
  return {
    resourceType: 'QuestionnaireResponse',
    questionnaire: each.canonical ?? phq9.canonicals[0],
    status: each.status ?? 'completed',
    item: [...nested(items, each.nesting), ...(each.add ?? []), ...difficulty, ...total],
  };
}
