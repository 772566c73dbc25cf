/** What a specialist needs to know of a client, as searches: a section each, bounded, so that the number of statements does not grow with the data. */
import { instruments } from '../../../resources/questionnaire-response/index.ts';
import { LOINC } from '../../../resources/questionnaire-response/instrument.ts';
import { SYSTEM as CARE_TASKS } from '../../../resources/task/care-task.ts';
import type { AnyResource, Flag, ResourceType } from '../../../resources/types.ts';

export interface Section {
  readonly type: ResourceType;
  /** The parameters beside the patient; `today` is a date. */
  readonly parameters: (today: string) => readonly (readonly [name: string, value: string])[];
  /** What no search parameter of R4 tells. */
  readonly only?: (resource: AnyResource) => boolean;
}

const totals = instruments.map(({ total }) => `${total.system ?? LOINC}|${total.code}`).join(',');

/** LOINC: Transfer summary note, Discharge summary. */
const HANDOFF = `${LOINC}|18761-7,${LOINC}|18842-5`;

export const sections: readonly Section[] = [
  {
    type: 'CarePlan',
    parameters: () => [
      ['status', 'active,on-hold'],
      ['_include', 'CarePlan:goal'],
      ['_include', 'CarePlan:condition'],
      ['_include', 'CarePlan:care-team'],
      ['_include:iterate', 'CareTeam:participant'],
      ['_include:iterate', 'PractitionerRole:practitioner'],
    ],
  },
  { type: 'Goal', parameters: () => [['lifecycle-status', 'proposed,planned,accepted,active,on-hold']] },
  {
    type: 'CareTeam',
    parameters: () => [
      ['status', 'active'],
      ['_include', 'CareTeam:participant'],
      ['_include:iterate', 'PractitionerRole:practitioner'],
    ],
  },
  { type: 'Condition', parameters: () => [['clinical-status', 'active,recurrence,relapse']] },
  {
    type: 'Flag',
    parameters: () => [],
    only: (resource) => (resource as unknown as Flag).status === 'active',
  },
  {
    type: 'Task',
    parameters: () => [['status', 'draft,requested,received,accepted,ready,in-progress,on-hold']],
  },
  {
    type: 'Appointment',
    parameters: (today) => [
      ['date', `ge${today}`],
      ['status', 'proposed,pending,booked,arrived,checked-in,waitlist'],
      ['_sort', 'date'],
      ['_count', '10'],
    ],
  },
  {
    type: 'Observation',
    parameters: () => [
      ['code', totals],
      ['status', 'final,amended,corrected'],
      ['_sort', '-date'],
      ['_count', '50'],
    ],
  },
  {
    type: 'Task',
    parameters: () => [
      ['code', `${CARE_TASKS}|transition-of-care`],
      ['_sort', '-authored-on'],
      ['_count', '1'],
      ['_include', 'Task:focus'],
    ],
  },
  {
    type: 'Composition',
    parameters: () => [
      ['type', HANDOFF],
      ['_sort', '-date'],
      ['_count', '1'],
    ],
  },
];
