/** The Goals of a client: the PHQ-9 goal, a measured goal for the body, and goals in the client's own words. https://hl7.org/fhir/R4/goal.html */
import { phq9 } from '../../resources/questionnaire-response/phq9.ts';
import type { CodeableConcept, Goal, GoalTarget } from '../../resources/types.ts';
import { dateOf } from './calendar.ts';
import { concept, loinc, ucum } from './coding.ts';
import type { Random } from './random.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';
import type { Trajectory } from './trajectory.ts';

type Progress = readonly [status: Goal['lifecycleStatus'], achievement?: readonly [code: string, display: string]];

const progressOf: Readonly<Record<Trajectory, Progress>> = {
  worsening: ['active', ['worsening', 'Worsening']],
  responding: ['active', ['improving', 'Improving']],
  remitting: ['completed', ['achieved', 'Achieved']],
  relapsing: ['active', ['not-achieved', 'Not Achieved']],
  stable: ['active', ['no-change', 'No Change']],
};

const anyProgress: readonly Progress[] = [
  ['active', ['in-progress', 'In Progress']],
  ['active', ['improving', 'Improving']],
  ['completed', ['achieved', 'Achieved']],
  ['completed', ['sustaining', 'Sustaining']],
  ['on-hold', ['no-progress', 'No Progress']],
  ['proposed'],
  ['cancelled', ['not-attainable', 'Not Attainable']],
];

const ownWords: readonly string[] = [
  'Go back to choir practice on Thursdays',
  'Walk the dog for 30 minutes, five days a week',
  'Sleep through the night without the television on',
  'Cook dinner with my family twice a week',
  'Drive to the valley market by myself',
  'Finish the welding certificate',
  'Call my sister every Sunday',
  'Feel less alone',
];

interface Aim {
  readonly text: string;
  readonly category: CodeableConcept;
  readonly progress: Progress;
  readonly target: GoalTarget;
  /** The number of the Condition that the goal addresses. */
  readonly condition: number;
  readonly ownWords?: boolean;
}

const behavioral = concept('goalCategory', 'behavioral', 'Behavioral');
const nursing = concept('goalCategory', 'nursing', 'Nursing');

function depressionAim({ trajectory }: Story): Aim {
  return {
    text: 'PHQ-9 total score below 5',
    category: behavioral,
    progress: progressOf[trajectory],
    target: { measure: loinc(phq9.total), detailQuantity: { ...ucum(5, '{score}'), comparator: '<' } },
    condition: 1,
  };
}

/** A measured goal for diabetes or high blood pressure, where the client has one. */
function bodyAim({ problems }: Story, random: Random): Aim[] {
  const diabetes = problems.find(({ kind }) => kind.key === 'diabetes');
  const hypertension = problems.find(({ kind }) => kind.key === 'hypertension');
  if (diabetes)
    return [
      {
        text: 'HbA1c below 7 %',
        category: nursing,
        progress: random.pick(anyProgress),
        target: {
          measure: concept('loinc', '4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'),
          detailQuantity: { ...ucum(7, '%'), comparator: '<' },
        },
        condition: diabetes.number,
      },
    ];
  if (hypertension)
    return [
      {
        text: 'Upper blood pressure of 110 to 130',
        category: nursing,
        progress: random.pick(anyProgress),
        target: {
          measure: concept('loinc', '8480-6', 'Systolic blood pressure'),
          detailRange: { low: ucum(110, 'mm[Hg]', 'mmHg'), high: ucum(130, 'mm[Hg]', 'mmHg') },
        },
        condition: hypertension.number,
      },
    ];
  return [];
}

function ownAims(random: Random): Aim[] {
  return random.sample(ownWords, random.integer(1, 2)).map((text) => ({
    text,
    category: behavioral,
    progress: random.pick(anyProgress),
    target: {},
    condition: 1,
    ownWords: true,
  }));
}

function aimsOf(story: Story): Aim[] {
  const random = randomFor(story, 'goals');
  return [depressionAim(story), ...bodyAim(story, random), ...ownAims(random)];
}

export function goals(story: Story): Goal[] {
  const random = randomFor(story, 'goal-dates');
  return aimsOf(story).map((aim, at) => {
    const [told, achievement] = aim.progress;
    const status = story.deceased && told !== 'completed' ? 'cancelled' : told;
    const own = aim.ownWords || random.chance(0.4);
    return {
      resourceType: 'Goal',
      id: idOf(story, 'goal', at + 1),
      lifecycleStatus: status,
      ...(achievement ? { achievementStatus: concept('achievement', ...achievement) } : {}),
      category: [aim.category],
      priority:
        at === 0
          ? concept('goalPriority', 'high-priority', 'High Priority')
          : concept('goalPriority', 'medium-priority', 'Medium Priority'),
      description: { text: aim.text },
      subject: patientReference(story),
      startDate: dateOf(story.enrolled),
      target: [{ ...aim.target, dueDate: dateOf(story.enrolled + random.integer(90, 365)) }],
      statusDate: dateOf(story.screenings.at(-1)?.day ?? story.end),
      expressedBy: own ? patientReference(story) : story.team.coordinator.practitioner,
      addresses: [referenceTo(story, 'Condition', 'condition', aim.condition)],
      ...(random.chance(0.2)
        ? { note: [{ authorReference: story.team.coordinator.practitioner, text: 'Reviewed together at the huddle.' }] }
        : {}),
    };
  });
}
