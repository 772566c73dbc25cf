/**
 * What is measured at visits to primary care: vital signs as the R4 profiles of vital signs ask, and HbA1c for people with diabetes.
 * https://hl7.org/fhir/R4/observation-vitalsigns.html
 */
import type { Observation } from '../../resources/types.ts';
import { type Day, momentOf } from './calendar.ts';
import { concept, ucum } from './coding.ts';
import type { Random } from './random.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';
import type { Visit } from './visits.ts';

const vitalSigns = concept('observationCategory', 'vital-signs', 'Vital Signs');
const laboratory = concept('observationCategory', 'laboratory', 'Laboratory');

interface Body {
  readonly systolic: number;
  readonly weightKg: number;
  readonly heightCm: number;
  readonly hba1c: number;
}

function bodyOf(story: Story): Body {
  const random = randomFor(story, 'body');
  const has = (key: string): boolean => story.problems.some(({ kind }) => kind.key === key);
  return {
    systolic: has('hypertension') ? random.integer(132, 158) : random.integer(104, 128),
    weightKg: random.decimal(48, 128, 1),
    heightCm: random.decimal(148, 196, 1),
    hba1c: random.decimal(6.6, 9.8, 1),
  };
}

type Measured = Pick<Observation, 'code' | 'category'> & Partial<Observation>;

/** An Observation at a visit, `name` and the number of the visit making its id. */
function observation(story: Story, visit: Visit, name: string, measured: Measured): Observation {
  return {
    resourceType: 'Observation',
    id: idOf(story, name, visit.number),
    status: 'final',
    subject: patientReference(story),
    encounter: referenceTo(story, 'Encounter', 'encounter', visit.number),
    effectiveDateTime: momentOf(visit.day, visit.minute + 5),
    performer: [story.team.primaryCare.practitioner],
    ...measured,
  };
}

function bloodPressure({ systolic }: Body, random: Random): Measured {
  const upper = systolic + random.integer(-9, 9);
  const lower = Math.round(upper * 0.62) + random.integer(-4, 6);
  return {
    meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bp'] },
    category: [vitalSigns],
    code: concept('loinc', '85354-9', 'Blood pressure panel with all children optional', 'Blood pressure'),
    ...(upper >= 140 ? { interpretation: [concept('interpretation', 'H', 'High')] } : {}),
    component: [
      { code: concept('loinc', '8480-6', 'Systolic blood pressure'), valueQuantity: ucum(upper, 'mm[Hg]', 'mmHg') },
      { code: concept('loinc', '8462-4', 'Diastolic blood pressure'), valueQuantity: ucum(lower, 'mm[Hg]', 'mmHg') },
    ],
  };
}

const weight = ({ weightKg }: Body, random: Random): Measured => ({
  meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bodyweight'] },
  category: [vitalSigns],
  code: concept('loinc', '29463-7', 'Body weight'),
  valueQuantity: ucum(random.decimal(weightKg - 2, weightKg + 2, 1), 'kg'),
});

const height = ({ heightCm }: Body): Measured => ({
  meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bodyheight'] },
  category: [vitalSigns],
  code: concept('loinc', '8302-2', 'Body height'),
  valueQuantity: ucum(heightCm, 'cm'),
});

/** HbA1c, which falls a little with time in care. */
function hba1c(from: number, enrolled: Day, visit: Visit, random: Random): Measured {
  const value = Number((from - Math.min(1.2, (visit.day - enrolled) / 400) + random.decimal(-0.2, 0.2, 1)).toFixed(1));
  const [code, display] = value >= 6.5 ? (['H', 'High'] as const) : (['N', 'Normal'] as const);
  return {
    category: [laboratory],
    code: concept('loinc', '4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', 'HbA1c'),
    valueQuantity: ucum(value, '%'),
    interpretation: [concept('interpretation', code, display)],
    referenceRange: [{ low: ucum(4, '%'), high: ucum(5.6, '%'), text: '4.0 to 5.6 %' }],
    issued: momentOf(visit.day, visit.minute + 15),
  };
}

export function measurements(story: Story): Observation[] {
  const body = bodyOf(story);
  const diabetic = story.problems.some(({ kind }) => kind.key === 'diabetes');
  return story.visits
    .filter((visit) => visit.status === 'fulfilled' && visit.with === 'primaryCare' && !visit.virtual)
    .flatMap((visit) => {
      const random = randomFor(story, `measurements-${visit.number}`);
      return [
        observation(story, visit, 'blood-pressure', bloodPressure(body, random)),
        observation(story, visit, 'weight', weight(body, random)),
        ...(visit.number === 1 ? [observation(story, visit, 'height', height(body))] : []),
        ...(diabetic ? [observation(story, visit, 'hba1c', hba1c(body.hba1c, story.enrolled, visit, random))] : []),
      ];
    });
}
