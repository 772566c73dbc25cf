/**
 * The request that an activity leads to, by its kind. It is a draft and a proposal: what becomes of it people decide.
 * https://hl7.org/fhir/R4/activitydefinition.html#applying-an-activitydefinition
 */
import { unprocessable } from '../../../resources/outcome.ts';
import type {
  ActivityDefinition,
  AnyResource,
  AppointmentParticipant,
  CodeableConcept,
  Extension,
  Period,
  Reference,
} from '../../../resources/types.ts';
import type { Performers } from './performer.ts';
import type { Situation } from './situation.ts';
import type { When } from './timing.ts';

/** Everything that is known of an activity to be asked for. */
export interface Asked {
  readonly kind: string;
  readonly intent: 'proposal' | 'option';
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly code: CodeableConcept | undefined;
  readonly priority: 'routine' | 'urgent' | 'asap' | 'stat' | undefined;
  readonly when: When | undefined;
  readonly performers: Performers;
  readonly reasons: readonly CodeableConcept[];
  readonly canonical: string | undefined;
  /** The Questionnaire to be answered. */
  readonly questionnaire: string | undefined;
  readonly activity: ActivityDefinition | undefined;
  readonly extension: readonly Extension[];
}

type Elements = Readonly<Record<string, unknown>>;
type Maker = (asked: Asked, situation: Situation) => Elements;

const person = ({ subject }: Situation): Reference => ({ reference: subject });
const listOf = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
const periodOf = (when: When | undefined): Period | undefined => (when?.kind === 'period' ? when.period : undefined);
const canonicals = ({ canonical }: Asked) => listOf(canonical === undefined ? [] : [canonical]);
const occurrence = ({ when }: Asked): Elements => ({
  occurrenceTiming: when?.kind === 'timing' ? when.timing : undefined,
  occurrencePeriod: periodOf(when),
});
const requester = ({ practitioner, organization }: Situation): Reference | undefined => {
  const reference = practitioner ?? organization;
  return reference === undefined ? undefined : { reference };
};
const noteOf = ({ title, description, code }: Asked) => {
  const text = [code?.text === title ? undefined : title, description].filter((each) => each !== undefined).join(': ');
  return text === '' ? undefined : [{ text }];
};
const codeOf = ({ code, title, activity }: Asked): CodeableConcept | undefined =>
  code ?? (title === undefined && !activity?.name ? undefined : { text: title ?? activity?.name });
const encounterOf = ({ encounter }: Situation): Reference | undefined =>
  encounter === undefined ? undefined : { reference: encounter };

/** One for each kind that this server makes; elements that are undefined are left out. */
const makers: Readonly<Record<string, Maker>> = {
  Task: (asked, situation) => ({
    instantiatesCanonical: asked.canonical,
    status: 'draft',
    intent: asked.intent,
    priority: asked.priority,
    code: codeOf(asked),
    description: [asked.title, asked.description].filter((each) => each !== undefined).join(': ') || undefined,
    for: person(situation),
    encounter: encounterOf(situation),
    authoredOn: situation.now,
    requester: requester(situation),
    performerType: listOf(asked.performers.open),
    owner: asked.performers.references[0],
    reasonCode: asked.reasons[0],
    restriction: periodOf(asked.when) && { period: periodOf(asked.when) },
    input:
      asked.questionnaire === undefined
        ? undefined
        : [{ type: { text: 'questionnaire' }, valueCanonical: asked.questionnaire }],
  }),
  ServiceRequest: (asked, situation) => ({
    instantiatesCanonical: canonicals(asked),
    status: 'draft',
    intent: asked.intent,
    priority: asked.priority,
    doNotPerform: asked.activity?.doNotPerform,
    code: codeOf(asked),
    quantityQuantity: asked.activity?.quantity,
    subject: person(situation),
    encounter: encounterOf(situation),
    ...occurrence(asked),
    authoredOn: situation.now,
    requester: requester(situation),
    performerType: asked.performers.open[0],
    performer: listOf(asked.performers.references),
    locationReference: asked.activity?.location && [asked.activity.location],
    reasonCode: listOf(asked.reasons),
    bodySite: asked.activity?.bodySite,
    note: noteOf(asked),
  }),
  MedicationRequest: (asked, situation) => ({
    status: 'draft',
    intent: asked.intent,
    priority: asked.priority,
    doNotPerform: asked.activity?.doNotPerform,
    medicationReference: asked.activity?.productReference,
    medicationCodeableConcept: asked.activity?.productReference
      ? undefined
      : (asked.activity?.productCodeableConcept ?? codeOf(asked)),
    subject: person(situation),
    encounter: encounterOf(situation),
    authoredOn: situation.now,
    requester: requester(situation),
    performerType: asked.performers.open[0],
    performer: asked.performers.references[0],
    reasonCode: listOf(asked.reasons),
    instantiatesCanonical: canonicals(asked),
    note: noteOf(asked),
    dosageInstruction: asked.activity?.dosage,
  }),
  DeviceRequest: (asked, situation) => ({
    instantiatesCanonical: canonicals(asked),
    status: 'draft',
    intent: asked.intent,
    priority: asked.priority,
    codeReference: asked.activity?.productReference,
    codeCodeableConcept: asked.activity?.productReference
      ? undefined
      : (asked.activity?.productCodeableConcept ?? codeOf(asked)),
    subject: person(situation),
    encounter: encounterOf(situation),
    ...occurrence(asked),
    authoredOn: situation.now,
    requester: requester(situation),
    performerType: asked.performers.open[0],
    performer: asked.performers.references[0],
    reasonCode: listOf(asked.reasons),
    note: noteOf(asked),
  }),
  SupplyRequest: (asked, situation) => ({
    status: 'draft',
    priority: asked.priority,
    itemReference: asked.activity?.productReference,
    itemCodeableConcept: asked.activity?.productReference
      ? undefined
      : (asked.activity?.productCodeableConcept ?? codeOf(asked)),
    quantity: asked.activity?.quantity,
    ...occurrence(asked),
    authoredOn: situation.now,
    requester: requester(situation),
    reasonCode: listOf(asked.reasons),
    deliverTo: person(situation),
  }),
  NutritionOrder: (asked, situation) => ({
    instantiatesCanonical: canonicals(asked),
    status: 'draft',
    intent: asked.intent,
    patient: person(situation),
    encounter: encounterOf(situation),
    dateTime: situation.now,
    orderer: requester(situation),
    oralDiet: asked.code && { type: [asked.code] },
    note: noteOf(asked),
  }),
  CommunicationRequest: (asked, situation) => ({
    status: 'draft',
    category: asked.code && [asked.code],
    priority: asked.priority,
    doNotPerform: asked.activity?.doNotPerform,
    subject: person(situation),
    encounter: encounterOf(situation),
    payload: [{ contentString: asked.description ?? asked.title ?? asked.activity?.title ?? '' }],
    occurrencePeriod: periodOf(asked.when),
    authoredOn: situation.now,
    requester: requester(situation),
    recipient: [person(situation)],
    sender: asked.performers.references.find(({ reference }) => reference !== situation.subject),
    reasonCode: listOf(asked.reasons),
  }),
  Appointment: (asked, situation) => ({
    status: 'proposed',
    serviceType: asked.code && [asked.code],
    reasonCode: listOf(asked.reasons),
    description: [asked.title, asked.description].filter((each) => each !== undefined).join(': ') || undefined,
    created: situation.now,
    requestedPeriod: periodOf(asked.when) && [periodOf(asked.when)],
    participant: participants(asked, situation),
  }),
};

const participants = ({ performers }: Asked, situation: Situation): readonly AppointmentParticipant[] => {
  const actors = [
    person(situation),
    ...performers.references.filter(({ reference }) => reference !== situation.subject),
  ];
  return [
    ...actors.map((actor): AppointmentParticipant => ({ actor, required: 'required', status: 'needs-action' })),
    ...performers.open.map((role): AppointmentParticipant => ({ type: [role], status: 'needs-action' })),
  ];
};

/** Whether requests of the kind can say that they are to happen again and again. */
export const repeats = (kind: string): boolean => ['ServiceRequest', 'DeviceRequest', 'SupplyRequest'].includes(kind);

/** The request, without an id. @throws FhirError 422 for a kind that this server does not make */
export function requestOf(asked: Asked, situation: Situation): AnyResource {
  const make = Object.hasOwn(makers, asked.kind) ? makers[asked.kind] : undefined;
  if (!make)
    throw unprocessable(
      `${asked.canonical ?? 'The activity'} is of kind ${asked.kind}; this server makes ${Object.keys(makers).join(', ')}`,
      { expression: 'ActivityDefinition.kind' },
    );
  const { activity, extension } = asked;
  const elements = {
    resourceType: asked.kind,
    ...(activity?.profile ? { meta: { profile: [activity.profile] } } : {}),
    ...(extension.length > 0 ? { extension } : {}),
    ...make(asked, situation),
  };
  return Object.fromEntries(
    Object.entries(elements).filter(([, value]) => value !== undefined),
  ) as unknown as AnyResource;
}
