/**
 * The PHQ-9 as LOINC publishes it: items, answers and severity bands. https://loinc.org/44249-1
 * The answers are LL358-3, the difficulty question's LL359-1, the severities LL382-3.
 */

/** A code of LOINC with its display. */
export type LoincCode = readonly [code: string, display: string];

export const phq9Canonical = 'http://loinc.org/q/44249-1';
export const phq9Total: LoincCode = ['44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]'];
export const phq9Difficulty: LoincCode = ['69722-7', 'How difficult have these problems made it for you?'];

/** The nine items in order; the last is about death and self-harm. */
export const phq9Items: readonly LoincCode[] = [
  ['44250-9', 'Little interest or pleasure in doing things'],
  ['44255-8', 'Feeling down, depressed, or hopeless'],
  ['44259-0', 'Trouble falling or staying asleep, or sleeping too much'],
  ['44254-1', 'Feeling tired or having little energy'],
  ['44251-7', 'Poor appetite or overeating'],
  ['44258-2', 'Feeling bad about yourself'],
  ['44252-5', 'Trouble concentrating on things'],
  ['44253-3', 'Moving or speaking slowly, or being restless'],
  ['44260-8', 'Thoughts that you would be better off dead, or of hurting yourself'],
];

/** The place of the item about self-harm in `phq9Items`. */
export const selfHarmItem = 8;

/** Worth 0, 1, 2 and 3 points, in this order. */
export const phq9Answers: readonly LoincCode[] = [
  ['LA6568-5', 'Not at all'],
  ['LA6569-3', 'Several days'],
  ['LA6570-1', 'More than half the days'],
  ['LA6571-9', 'Nearly every day'],
];

export const difficultyAnswers: readonly LoincCode[] = [
  ['LA6572-7', 'Not difficult at all'],
  ['LA6573-5', 'Somewhat difficult'],
  ['LA6575-0', 'Very difficult'],
  ['LA6574-3', 'Extremely difficult'],
];

const severities: readonly (readonly [from: number, severity: LoincCode])[] = [
  [20, ['LA6712-9', 'Severe']],
  [15, ['LA6711-1', 'Moderately severe']],
  [10, ['LA6710-3', 'Moderate']],
  [5, ['LA6709-5', 'Mild']],
];

/** The severity of a total of 0 to 27. */
export const severityOf = (total: number): LoincCode =>
  severities.find(([from]) => total >= from)?.[1] ?? ['LA6708-7', 'None/minimal'];
