/** The Conditions of a client: their problems, and food insecurity as a health concern. https://hl7.org/fhir/R4/condition.html */
import type { CodeableConcept, Condition } from '../../resources/types.ts';
import { ageOn, dateOf } from './calendar.ts';
import { coding, concept, ucum } from './coding.ts';
import type { Problem } from './problems.ts';
import type { Random } from './random.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';

const clinicalStatuses = {
  active: 'Active',
  relapse: 'Relapse',
  remission: 'Remission',
  resolved: 'Resolved',
} as const;
type ClinicalStatus = keyof typeof clinicalStatuses;

function clinicalStatusOf({ trajectory }: Story, { number }: Problem, random: Random): ClinicalStatus {
  if (number > 1) return random.chance(0.06) ? 'resolved' : 'active';
  if (trajectory === 'remitting') return 'remission';
  return trajectory === 'relapsing' ? 'relapse' : 'active';
}

/** When it began: the day, the month, or only the client's age. */
function onset({ person, enrolled }: Story, { onset: day }: Problem, random: Random): Partial<Condition> {
  const known = random.weighted([
    ['day', 60],
    ['month', 30],
    ['age', 10],
  ]);
  if (known === 'age') return { onsetAge: ucum(ageOn(person.birth, day), 'a', 'years') };
  // Cut to the month, a day of the month of enrolment could read as later than it was.
  const date = dateOf(day);
  const month = date.slice(0, 7);
  return { onsetDateTime: known === 'month' && month < dateOf(enrolled).slice(0, 7) ? month : date };
}

function abatement(story: Story, status: ClinicalStatus): Partial<Condition> {
  const last = story.screenings.at(-1)?.day ?? story.end;
  return status === 'remission' || status === 'resolved' ? { abatementDateTime: dateOf(last) } : {};
}

const confirmed = ['confirmed', 'Confirmed'] as const;
const verifications: readonly (readonly [code: string, display: string])[] = [
  confirmed,
  ['provisional', 'Provisional'],
  ['differential', 'Differential'],
];

function problem(story: Story, one: Problem): Condition {
  const random = randomFor(story, `condition-${one.number}`);
  const { kind } = one;
  const status = clinicalStatusOf(story, one, random);
  const [verification, display] = one.number === 1 || random.chance(0.9) ? confirmed : random.pick(verifications);
  const codes: CodeableConcept = {
    coding: [coding('snomed', ...kind.snomed), coding('icd10cm', ...kind.icd10)],
    text: kind.text,
  };
  return {
    resourceType: 'Condition',
    id: idOf(story, 'condition', one.number),
    ...(kind.sensitive
      ? {
          meta: {
            security: [
              coding('confidentiality', 'R', 'restricted'),
              coding('actCode', 'ETH', 'substance abuse information sensitivity'),
            ],
          },
        }
      : {}),
    clinicalStatus: concept('clinicalStatus', status, clinicalStatuses[status]),
    verificationStatus: concept('verificationStatus', verification, display),
    category: [concept('conditionCategory', 'problem-list-item', 'Problem List Item')],
    code: codes,
    subject: patientReference(story),
    encounter: referenceTo(story, 'Encounter', 'encounter', 1),
    ...onset(story, one, random),
    ...abatement(story, status),
    recordedDate: dateOf(story.enrolled),
    recorder: story.team.primaryCare.practitioner,
    asserter: one.number === 1 ? story.team.therapist.practitioner : story.team.primaryCare.practitioner,
  };
}

const foodInsecurity = (story: Story): Condition => ({
  resourceType: 'Condition',
  id: idOf(story, 'food-insecurity'),
  clinicalStatus: concept('clinicalStatus', 'active', 'Active'),
  verificationStatus: concept('verificationStatus', 'confirmed', 'Confirmed'),
  category: [
    {
      coding: [
        coding('usCoreConditionCategory', 'health-concern', 'Health Concern'),
        coding('sdohCategory', 'food-insecurity', 'Food Insecurity'),
      ],
    },
  ],
  code: {
    coding: [
      coding('snomed', '733423003', 'Food insecurity (finding)'),
      coding('icd10cm', 'Z59.41', 'Food insecurity'),
    ],
    text: 'Food insecurity',
  },
  subject: patientReference(story),
  onsetDateTime: dateOf(story.enrolled),
  recordedDate: dateOf(story.enrolled),
  recorder: story.team.coordinator.practitioner,
  evidence: [{ detail: [referenceTo(story, 'Observation', 'hunger-risk', 1)] }],
});

export const conditions = (story: Story): Condition[] => [
  ...story.problems.map((one) => problem(story, one)),
  ...(story.foodInsecure ? [foodInsecurity(story)] : []),
];
