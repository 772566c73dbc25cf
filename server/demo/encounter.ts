/** The Encounters of a client: the visits that took place, and a hospital stay. https://hl7.org/fhir/R4/encounter.html */
import type { CodeableConcept, Encounter } from '../../resources/types.ts';
import { momentOf } from './calendar.ts';
import { coding, concept, identifierSystem } from './coding.ts';
import { organizationReference } from './practice.ts';
import type { Random } from './random.ts';
import { staffRoles } from './staff.ts';
import { type HospitalStay, idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';
import type { Visit } from './visits.ts';

const primaryPerformer = concept('participation', 'PPRF', 'primary performer');

const statuses: Readonly<Partial<Record<Visit['status'], Encounter['status']>>> = {
  fulfilled: 'finished',
  arrived: 'arrived',
  'checked-in': 'in-progress',
};

function visitEncounter(story: Story, visit: Visit): Encounter[] {
  const status = statuses[visit.status];
  if (!status) return [];
  const colleague = story.team[visit.with];
  const { organization } = staffRoles[colleague.role];
  const start = momentOf(visit.day, visit.minute);
  const finished = status === 'finished';
  return [
    {
      resourceType: 'Encounter',
      id: idOf(story, 'encounter', visit.number),
      identifier: [{ system: identifierSystem.visit, value: idOf(story, 'V', visit.number) }],
      status,
      class: visit.virtual ? coding('actCode', 'VR', 'virtual') : coding('actCode', 'AMB', 'ambulatory'),
      type: [
        visit.number === 1
          ? concept('snomed', '185349003', 'Encounter for check up (procedure)')
          : concept('snomed', '390906007', 'Follow-up encounter (procedure)'),
      ],
      subject: patientReference(story),
      participant: [{ type: [primaryPerformer], individual: colleague.practitioner }],
      appointment: [referenceTo(story, 'Appointment', 'appointment', visit.number)],
      period: { start, ...(finished ? { end: momentOf(visit.day, visit.minute + visit.lengthMinutes) } : {}) },
      reasonReference: [referenceTo(story, 'Condition', 'condition', 1)],
      ...(visit.virtual ? {} : { location: [{ location: { reference: 'Location/palo-verde-clinic' } }] }),
      serviceProvider: organizationReference(organization),
    },
  ];
}

function dispositionOf({ psychiatric }: HospitalStay, random: Random): CodeableConcept {
  const [code, display] = random.weighted([
    [['home', 'Home'], 70],
    [['alt-home', 'Alternative home'], 6],
    [['aadvice', 'Left against advice'], 5],
    [psychiatric ? ['psy', 'Psychiatric hospital'] : ['snf', 'Skilled nursing facility'], 12],
    [['rehab', 'Rehabilitation'], 7],
  ] as const);
  return concept('disposition', code, display);
}

function hospitalEncounter(story: Story, stay: HospitalStay): Encounter {
  const random = randomFor(story, 'hospital');
  return {
    resourceType: 'Encounter',
    id: idOf(story, 'hospital-stay'),
    identifier: [{ system: identifierSystem.visit, value: idOf(story, 'H') }],
    status: 'finished',
    class: coding('actCode', 'IMP', 'inpatient encounter'),
    type: [{ text: stay.psychiatric ? 'Psychiatric admission' : 'Medical admission' }],
    subject: patientReference(story),
    period: {
      start: momentOf(stay.admitted, random.integer(0, 1439)),
      end: momentOf(stay.discharged, random.integer(540, 1020)),
    },
    reasonReference: [referenceTo(story, 'Condition', 'condition', 1)],
    diagnosis: [
      {
        condition: referenceTo(story, 'Condition', 'condition', 1),
        use: concept('diagnosisRole', 'DD', 'Discharge diagnosis'),
        rank: 1,
      },
    ],
    hospitalization: {
      admitSource: concept('admitSource', 'emd', 'From accident/emergency department'),
      dischargeDisposition: dispositionOf(stay, random),
    },
    location: [{ location: { reference: 'Location/san-jacinto-ward-3' }, status: 'completed' }],
    serviceProvider: organizationReference('san-jacinto-hospital'),
  };
}

export const encounters = (story: Story): Encounter[] => [
  ...story.visits.flatMap((visit) => visitEncounter(story, visit)),
  ...(story.stay ? [hospitalEncounter(story, story.stay)] : []),
];
