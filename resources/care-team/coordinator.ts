/**
 * Who coordinates the care of a client: the participant with that role in an active CareTeam, or else whom the record of the client names.
 * https://hl7.org/fhir/R4/careteam.html
 */
import { searchValue, storedPatient } from '../patient-reference.ts';
import { intervalOf } from '../primitive.ts';
import { BASE } from '../publication.ts';
import type { Facts } from '../reaction.ts';
import type { CareTeam, CareTeamParticipant, CodeableConcept, Reference } from '../types.ts';

const SNOMED = 'http://snomed.info/sct';
/** Care coordinator, case manager. */
const COORDINATING: readonly string[] = ['768820003', '184154007'];

const isCoordinator = ({ coding = [], text = '' }: CodeableConcept): boolean =>
  coding.some(({ system, code = '' }) => system === SNOMED && COORDINATING.includes(code)) ||
  [text, ...coding.map(({ display = '' }) => display)].some((words) => /\bcare coordinator\b/i.test(words));

/** Whether a participation is in force at `time`, in milliseconds. */
export function isInForce({ period }: CareTeamParticipant, time: number): boolean {
  const start = period?.start === undefined ? undefined : intervalOf(period.start);
  const end = period?.end === undefined ? undefined : intervalOf(period.end);
  return (start === undefined || start.low <= time) && (end === undefined || time < end.high);
}

const CLIENT_COORDINATOR = `${BASE}/StructureDefinition/client-coordinator`;

/** The coordinator of `patient` (`Patient/1`) at `instant`; undefined when neither an active team nor the Patient has one. */
export async function coordinatorOf(patient: string, instant: string, facts: Facts): Promise<Reference | undefined> {
  const teams = await facts.find(`CareTeam?subject=${searchValue(patient)}&status=active`);
  const participants = (teams as unknown as readonly CareTeam[])
    .toSorted((a, b) => (a.id ?? '').localeCompare(b.id ?? ''))
    .flatMap(({ participant = [] }) => participant);
  const found = participants.find(
    (each) => each.member?.reference && (each.role ?? []).some(isCoordinator) && isInForce(each, Date.parse(instant)),
  );
  return found?.member ?? (await namedCoordinator(patient, facts));
}

/** The coordinator in the record of the client, an extension of ours. */
async function namedCoordinator(patient: string, facts: Facts): Promise<Reference | undefined> {
  const client = await storedPatient(patient, facts);
  return client?.extension?.find(({ url }) => url === CLIENT_COORDINATOR)?.valueReference;
}
