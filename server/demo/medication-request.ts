/** What is prescribed to a client, at most one medication for each problem. https://hl7.org/fhir/R4/medicationrequest.html */
import type { MedicationRequest } from '../../resources/types.ts';
import { dateOf } from './calendar.ts';
import { concept, ucum } from './coding.ts';
import { medicationsFor } from './medications.ts';
import type { Problem } from './problems.ts';
import { idOf, patientReference, randomFor, referenceTo, type Story } from './story.ts';

function statusOf({ deceased, trajectory }: Story, { number }: Problem): MedicationRequest['status'] {
  if (deceased) return 'stopped';
  return number === 1 && trajectory === 'remitting' ? 'completed' : 'active';
}

function prescription(story: Story, problem: Problem): MedicationRequest[] {
  const random = randomFor(story, `medication-${problem.number}`);
  const choice = medicationsFor[problem.kind.key];
  if (!choice || !random.chance(0.85)) return [];
  const { code, dose, daily, route, asNeeded } = random.pick(choice);
  const prescriber = (problem.number === 1 && story.team.psychiatrist) || story.team.primaryCare;
  return [
    {
      resourceType: 'MedicationRequest',
      id: idOf(story, 'medication', problem.number),
      status: statusOf(story, problem),
      intent: 'order',
      category: [concept('medicationCategory', 'community', 'Community')],
      priority: 'routine',
      medicationCodeableConcept: code,
      subject: patientReference(story),
      encounter: referenceTo(story, 'Encounter', 'encounter', 1),
      authoredOn: dateOf(story.enrolled),
      requester: prescriber.practitioner,
      reasonReference: [referenceTo(story, 'Condition', 'condition', problem.number)],
      dosageInstruction: [
        {
          text: dose,
          timing: { repeat: { frequency: daily, period: 1, periodUnit: 'd' } },
          asNeededBoolean: asNeeded,
          route,
        },
      ],
      dispenseRequest: {
        numberOfRepeatsAllowed: random.integer(0, 5),
        expectedSupplyDuration: ucum(random.pick([30, 90]), 'd', 'days'),
      },
    },
  ];
}

export const medicationRequests = (story: Story): MedicationRequest[] =>
  story.problems.flatMap((problem) => prescription(story, problem));
