/**
 * What follows from a need, as resources with ids that follow from where it was told: the Condition, the goal, the request for help, the Task by which
 * the request is followed, and what is recorded when the client wants no help. http://hl7.org/fhir/us/sdoh-clinicalcare
 */
import { needGoalId } from '../goal/proposed.ts';
import { CONSENT_TO_SHARE } from '../intake/consent.ts';
import { INTAKE_ANSWER } from '../intake/intake.ts';
import { storedPatient } from '../patient-reference.ts';
import { derivedId, type Facts, type Reacting } from '../reaction.ts';
import { clientTasks, dueIn, newTask, ownedBy, SYSTEM } from '../task/care-task.ts';
import type { AnyResource, Condition, Goal, Procedure, Reference, ServiceRequest } from '../types.ts';
import { categoryOf, type Domain } from './domain.ts';
import type { Screening } from './screening.ts';

export type StoredCondition = Condition & { readonly id: string };
export type StoredRequest = ServiceRequest & { readonly id: string };

const hl7 = 'http://terminology.hl7.org/CodeSystem';
/** Gravity's code of a Task by which a request is followed. */
export const FULFILL = {
  system: 'http://hl7.org/fhir/CodeSystem/task-code',
  code: 'fulfill',
  display: 'Fulfill the focal request',
};

const NEED = { system: SYSTEM, ...clientTasks.need };

/** The id of what a response leads to for a need. */
const idOf = (part: string, { code }: Domain, responseId: string): string =>
  derivedId('social-need', part, code, responseId);

export const conditionId = (domain: Domain, responseId: string): string => idOf('condition', domain, responseId);
export const declineId = (domain: Domain, responseId: string): string => idOf('decline', domain, responseId);

/** What is common to all: the labels of the response, and whom it is about. */
const about = (patient: string, { after }: Reacting) => {
  const { security } = after?.meta ?? {};
  return { ...(security ? { meta: { security } } : {}), subject: { reference: patient } };
};

export const referenceTo = ({ resourceType, id = '' }: AnyResource): Reference => ({
  reference: `${resourceType}/${id}`,
});

export function conditionOf({ domain, evidence }: Screening, patient: string, change: Reacting): StoredCondition {
  return {
    resourceType: 'Condition',
    id: conditionId(domain, change.id),
    ...about(patient, change),
    clinicalStatus: { coding: [{ system: `${hl7}/condition-clinical`, code: 'active', display: 'Active' }] },
    verificationStatus: {
      coding: [{ system: `${hl7}/condition-ver-status`, code: 'unconfirmed', display: 'Unconfirmed' }],
    },
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/condition-category',
            code: 'health-concern',
            display: 'Health Concern',
          },
        ],
      },
      {
        coding: [{ system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-category', code: 'sdoh', display: 'SDOH' }],
      },
      { coding: [categoryOf(domain)] },
    ],
    code: { text: domain.display },
    recordedDate: change.instant,
    evidence: [{ detail: [{ reference: evidence }] }],
  };
}

/** The goal, expressed by the client who wants help with it; otherwise by whoever asks for help. */
export function goalOf(
  { domain, help }: Screening,
  { requester }: StoredRequest,
  condition: string,
  patient: string,
  change: Reacting,
): Goal & { readonly id: string } {
  const expressedBy = help === 'wants-help' ? { reference: patient } : requester;
  return {
    resourceType: 'Goal',
    id: needGoalId(condition),
    ...about(patient, change),
    lifecycleStatus: 'proposed',
    category: [{ coding: [categoryOf(domain)] }],
    description: { text: domain.goal },
    ...(expressedBy ? { expressedBy } : {}),
    addresses: [{ reference: condition }],
  };
}

/** The request, a draft until it is sent to somebody who helps, and its Task, which the coordinator has until then. */
export async function requestOf(
  screening: Screening,
  condition: string,
  patient: string,
  change: Reacting,
  dueDays: number,
  facts: Facts,
) {
  const { domain, evidence } = screening;
  const { type, id, instant, after } = change;
  const { owner } = await ownedBy(patient, instant, facts);
  const caution = await cautionAbout(patient, facts);
  const requester = owner ? { requester: owner } : {};
  const request: StoredRequest = {
    resourceType: 'ServiceRequest',
    id: derivedId('social-need', 'request', condition, id, after?.meta?.versionId ?? ''),
    ...about(patient, change),
    status: 'draft',
    intent: 'order',
    category: [{ coding: [categoryOf(domain)] }],
    priority: 'routine',
    code: { text: domain.service },
    authoredOn: instant,
    ...requester,
    reasonReference: [{ reference: condition }],
    supportingInfo: [{ reference: evidence }],
  };
  const task = await needTask(request, { reference: condition }, patient, change, dueDays, facts, {
    description: `${domain.service}: ${
      screening.help === 'wants-help' ? 'the client wants it.' : 'ask whether the client wants it.'
    } Find who can help and make them the owner.${caution}`,
    input: [{ type: { text: 'screening' }, valueReference: { reference: `${type}/${id}` } }],
  });
  return { request, task };
}

/** What the client has decided about sharing, where that has to be asked before anything is sent. */
async function cautionAbout(patient: string, facts: Facts): Promise<string> {
  const client = await storedPatient(patient, facts);
  const parts = client?.extension?.find(({ url }) => url === CONSENT_TO_SHARE)?.extension ?? [];
  const decision = parts.find(({ url }) => url === 'decision')?.valueCode;
  if (decision === 'refused') return ' The client has refused to share the record: ask before anything is sent.';
  if (decision !== 'limited') return '';
  const limits = parts.find(({ url }) => url === 'limits')?.valueString ?? 'not all of it';
  return ` The client shares the record with limits (${limits}): ask before anything is sent.`;
}

/** The Task by which a request for help is followed. */
export function needTask(
  request: StoredRequest,
  condition: Reference | undefined,
  patient: string,
  change: Reacting,
  dueDays: number,
  facts: Facts,
  more: Parameters<typeof newTask>[4],
) {
  const { need } = clientTasks;
  return newTask(need, patient, change, facts, {
    id: derivedId('social-need', 'task', request.id, change.after?.meta?.versionId ?? ''),
    code: { coding: [FULFILL, NEED], text: need.display },
    priority: request.priority ?? 'routine',
    focus: { reference: `ServiceRequest/${request.id}` },
    ...(request.requester ? { requester: request.requester } : {}),
    ...(condition ? { reasonReference: condition } : {}),
    ...dueIn(change.instant, dueDays),
    ...more,
  });
}

/** That the client has been offered help and does not take it: nothing is asked of anybody. */
export function declineOf(
  { domain, help }: Screening,
  condition: string,
  patient: string,
  change: Reacting,
): Procedure & { readonly id: string } {
  const hasHelp = help === 'has-help';
  return {
    resourceType: 'Procedure',
    id: declineId(domain, change.id),
    ...about(patient, change),
    status: 'not-done',
    statusReason: {
      coding: [
        ...(hasHelp
          ? []
          : [{ system: 'http://snomed.info/sct', code: '105480006', display: 'Refusal of treatment by patient' }]),
        { system: INTAKE_ANSWER, code: help, display: hasHelp ? 'I already have help' : 'I do not want help' },
      ],
      text: hasHelp ? 'The client has help already' : 'The client does not want help with this',
    },
    category: { coding: [categoryOf(domain)] },
    code: { text: domain.service },
    reasonReference: [{ reference: condition }],
    note: [{ text: `Answered in ${change.type}/${change.id}` }],
  };
}
