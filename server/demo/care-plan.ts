/** The CarePlan that holds a client's goals, team and activities together, and the plan before it. https://hl7.org/fhir/R4/careplan.html */
import { phq9 } from '../../resources/questionnaire-response/phq9.ts';
import type { CarePlan, CarePlanActivity, Goal, MedicationRequest } from '../../resources/types.ts';
import { dateOf } from './calendar.ts';
import { coding, concept } from './coding.ts';
import { goals } from './goal.ts';
import { medicationRequests } from './medication-request.ts';
import { narrative } from './narrative.ts';
import { fullName } from './person.ts';
import type { Random } from './random.ts';
import { referrals } from './referral.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';

const category = [
  {
    coding: [
      coding('usCorePlanCategory', 'assess-plan', 'Assessment and Plan of Treatment'),
      coding('snomed', '734163000', 'Care plan (record artifact)'),
    ],
  },
];

function details({ team }: Story, over: boolean): CarePlanActivity[] {
  const status = over ? 'stopped' : 'in-progress';
  return [
    {
      detail: {
        kind: 'ServiceRequest',
        code: concept('snomed', '75516001', 'Psychotherapy (regime/therapy)'),
        status,
        scheduledTiming: { repeat: { frequency: 1, period: 2, periodUnit: 'wk' } },
        performer: [team.therapist.practitioner],
        description: 'Cognitive behavioral therapy, 45 minutes',
      },
    },
    {
      detail: {
        kind: 'Task',
        instantiatesCanonical: phq9.canonicals.slice(0, 1),
        code: concept('loinc', '44249-1', 'PHQ-9 quick depression assessment panel [Reported.PHQ]', 'PHQ-9'),
        status,
        doNotPerform: false,
        scheduledTiming: { repeat: { frequency: 1, period: 4, periodUnit: 'wk' } },
        performer: [team.coordinator.practitioner],
        description: 'PHQ-9 every four weeks; review the plan when it rises by 5 or more',
      },
    },
  ];
}

function statusOf({ deceased, trajectory }: Story, random: Random): CarePlan['status'] {
  if (deceased) return 'completed';
  if (trajectory === 'remitting' && random.chance(0.3)) return 'completed';
  return random.weighted([
    ['active', 92],
    ['on-hold', 5],
    ['draft', 3],
  ]);
}

function referenced(story: Story, medications: readonly MedicationRequest[]): CarePlanActivity[] {
  return [...medications, ...referrals(story)].map(({ resourceType, id }) => ({
    reference: { reference: `${resourceType}/${id}` },
  }));
}

function currentPlan(story: Story, goalList: readonly Goal[], replaces: boolean, random: Random): CarePlan {
  const status = statusOf(story, random);
  const over = status === 'completed';
  const title = `Shared care plan for ${fullName(story.person)}`;
  const last = story.screenings.at(-1)?.day ?? story.end;
  return {
    resourceType: 'CarePlan',
    id: idOf(story, 'care-plan'),
    ...(random.chance(0.5)
      ? {
          text: narrative(
            title,
            goalList.map(({ description }, at) => `Goal ${at + 1}: ${description.text}`),
          ),
        }
      : {}),
    ...(replaces ? { replaces: [referenceTo(story, 'CarePlan', 'care-plan-before')] } : {}),
    status,
    intent: 'plan',
    category,
    title,
    description: 'Depression care with measurement, shared between primary care, therapy and the client',
    subject: patientReference(story),
    encounter: referenceTo(story, 'Encounter', 'encounter', 1),
    period: { start: dateOf(story.enrolled), ...(over ? { end: dateOf(last) } : {}) },
    created: dateOf(story.enrolled),
    author: story.team.coordinator.practitioner,
    contributor: [patientReference(story), story.team.therapist.practitioner],
    careTeam: [referenceTo(story, 'CareTeam', 'care-team')],
    addresses: story.problems.map(({ number }) => referenceTo(story, 'Condition', 'condition', number)),
    goal: goalList.map(({ id }) => ({ reference: `Goal/${id}` })),
    activity: [...details(story, over), ...referenced(story, medicationRequests(story))],
    ...(random.chance(0.3)
      ? {
          note: [
            {
              authorReference: story.team.therapist.practitioner,
              time: dateOf(last),
              text: 'Sleep & appetite discussed; the client prefers <30 minute sessions.',
            },
          ],
        }
      : {}),
  };
}

/** The plan that another provider made before enrolment. */
const planBefore = (story: Story): CarePlan => ({
  resourceType: 'CarePlan',
  id: idOf(story, 'care-plan-before'),
  status: 'completed',
  intent: 'plan',
  category,
  title: 'Plan from the referring clinic',
  subject: patientReference(story),
  period: { start: dateOf(story.enrolled - 180), end: dateOf(story.enrolled) },
  addresses: [referenceTo(story, 'Condition', 'condition', 1)],
});

export function carePlans(story: Story): CarePlan[] {
  const random = randomFor(story, 'care-plan');
  const replaces = random.chance(0.2);
  return [...(replaces ? [planBefore(story)] : []), currentPlan(story, goals(story), replaces, random)];
}
