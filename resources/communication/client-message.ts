/** What a Communication is in the talk between a client and the team: a question, a complaint, a reply. https://hl7.org/fhir/R4/communication.html */
import { patientIn, patientOf } from '../patient-reference.ts';
import { BASE } from '../publication.ts';
import { parseReference } from '../reference.ts';
import type { AnyResource, Communication } from '../types.ts';

/** The code system of our categories. */
const KIND = `${BASE}/CodeSystem/communication-kind`;
/** The client's rating from 1, bad, to 5, good. */
const RATING = `${BASE}/StructureDefinition/feedback-rating`;

/** What a question to the coordinator is about. */
const ASKED_ABOUT: readonly string[] = [
  'CarePlan',
  'Goal',
  'CareTeam',
  'Task',
  'ServiceRequest',
  'Appointment',
  'MedicationRequest',
];

const SAID: readonly string[] = ['in-progress', 'completed'];

const messageOf = (image: AnyResource | undefined): Communication | undefined =>
  image?.resourceType === 'Communication' ? (image as unknown as Communication) : undefined;

const isOfKind = ({ category = [] }: Communication, code: string): boolean =>
  category.some(({ coding = [] }) => coding.some((each) => each.system === KIND && each.code === code));

/** The message, when the client has sent it and has not taken it back. */
function fromClient(image: AnyResource | undefined): Communication | undefined {
  const message = messageOf(image);
  const patient = patientOf(image);
  return message && patient && SAID.includes(message.status) && patientIn(message.sender) === patient
    ? message
    : undefined;
}

const typeOf = (reference: string | undefined): string | undefined => {
  const parsed = reference === undefined ? undefined : parseReference(reference);
  return parsed?.kind === 'literal' ? parsed.type : undefined;
};

/** The client's question about the plan, a goal, the team or an order. Feedback and complaints are no questions. */
export function questionIn(image: AnyResource | undefined): Communication | undefined {
  const message = fromClient(image);
  if (!message || isOfKind(message, 'feedback') || isOfKind(message, 'complaint')) return undefined;
  return (message.about ?? []).some(({ reference }) => ASKED_ABOUT.includes(typeOf(reference) ?? ''))
    ? message
    : undefined;
}

/** The client's complaint: of that category, or feedback with a rating of `rating` or less. */
export function complaintIn(image: AnyResource | undefined, rating: number): Communication | undefined {
  const message = fromClient(image);
  if (!message) return undefined;
  if (isOfKind(message, 'complaint')) return message;
  const given = message.extension?.find(({ url }) => url === RATING)?.valueInteger;
  return isOfKind(message, 'feedback') && given !== undefined && given <= rating ? message : undefined;
}

/** What the client says, cut to a length that fits a line. */
export function wordsIn({ payload = [] }: Communication): string {
  const text = payload.flatMap(({ contentString }) => contentString ?? []).join(' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

const LONGEST = 200;

/**
 * What a message of the team to the client replies to: messages (`inResponseTo`) and forms (`about`), as references. Empty for what is not sent yet,
 * or is the client's own.
 */
export function repliedTo(image: AnyResource | undefined): readonly string[] {
  const message = messageOf(image);
  const patient = patientOf(image);
  if (!message || !patient || message.status !== 'completed' || patientIn(message.sender) === patient) return [];
  const { recipient = [], inResponseTo = [], about = [] } = message;
  if (recipient.length > 0 && !recipient.some((each) => patientIn(each) === patient)) return [];
  const all = [...inResponseTo, ...about].flatMap(({ reference }) => reference ?? []);
  return all.filter((reference) => ['Communication', 'QuestionnaireResponse'].includes(typeOf(reference) ?? ''));
}
