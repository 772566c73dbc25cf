/** Searches as applications send them, with values drawn from the data that is searched. */

import type {
  Appointment,
  CarePlan,
  FhirResource,
  Observation,
  Patient,
  Practitioner,
  QuestionnaireResponse,
  Task,
} from '../../resources/types.ts';
import { clientBundle, practiceBundle } from '../../server/demo/population.ts';
import { Random } from '../../server/demo/random.ts';
import type { NamedRequests } from './named-requests.ts';
import { get, STORY } from './population.ts';

/** Requests of each search; each has values of its own. */
const REQUESTS = 200;

/** Clients of the population that values are drawn from, spread over all of it. */
const SAMPLE = 200;

type Draw = <T extends FhirResource>(type: T['resourceType']) => T;

interface Search {
  readonly name: string;
  path(draw: Draw, random: Random): string;
}

const encode = encodeURIComponent;
const day = (date = ''): string => date.slice(0, 10);
const month = (date = ''): string => date.slice(0, 7);
const patientOf = ({ subject }: { readonly subject?: { readonly reference?: string } }): string =>
  subject?.reference ?? '';
const codeOf = ({ code }: Observation): string => {
  const [coding] = code.coding ?? [];
  return encode(`${coding?.system}|${coding?.code}`);
};
const PHQ9 = encode('http://loinc.org|44261-6');

export const searches: readonly Search[] = [
  {
    name: 'name prefix',
    path: (draw) => `Patient?name=${encode(draw<Patient>('Patient').name?.[0]?.family?.slice(0, 4) ?? '')}&_count=20`,
  },
  {
    name: 'family and given, exact',
    path(draw) {
      const [name] = draw<Patient>('Patient').name ?? [];
      return `Patient?family:exact=${encode(name?.family ?? '')}&given:exact=${encode(name?.given?.[0] ?? '')}`;
    },
  },
  { name: 'birth date', path: (draw) => `Patient?birthdate=${draw<Patient>('Patient').birthDate}` },
  {
    name: 'identifier',
    path(draw) {
      const [identifier] = draw<Patient>('Patient').identifier ?? [];
      return `Patient?identifier=${encode(`${identifier?.system}|${identifier?.value}`)}`;
    },
  },
  { name: 'phone', path: (draw) => `Patient?phone=${encode(draw<Patient>('Patient').telecom?.[0]?.value ?? 'none')}` },
  {
    name: 'observations of a patient, newest first',
    path: (draw) => `Observation?patient=${patientOf(draw<Observation>('Observation'))}&_sort=-date&_count=20`,
  },
  {
    name: 'code of a patient, by date',
    path(draw) {
      const observation = draw<Observation>('Observation');
      return `Observation?patient=${patientOf(observation)}&code=${codeOf(observation)}&_sort=-date`;
    },
  },
  {
    name: 'last value of a code of a patient',
    path: (draw) =>
      `Observation?patient=${patientOf(draw<Observation>('Observation'))}&code=${PHQ9}&_sort=-date&_count=1`,
  },
  {
    name: 'code in a month',
    path: (draw) =>
      `Observation?code=${PHQ9}&date=${month(draw<Observation>('Observation').effectiveDateTime)}&_count=50`,
  },
  {
    name: 'code above a value, newest first',
    path: (_draw, random) =>
      `Observation?code=${PHQ9}&value-quantity=ge${random.integer(15, 24)}&_sort=-date&_count=20`,
  },
  {
    name: "a patient's plan with goals and team",
    path: (draw) =>
      `CarePlan?patient=${patientOf(draw<CarePlan>('CarePlan'))}&_include=CarePlan:goal&_include=CarePlan:care-team`,
  },
  {
    name: 'appointments of a day with their patients',
    path: (draw) =>
      `Appointment?date=${day(draw<Appointment>('Appointment').start)}&_sort=date&_include=Appointment:patient&_count=50`,
  },
  {
    name: 'appointments of a practitioner on a day',
    path(draw) {
      const appointment = draw<Appointment>('Appointment');
      const actor = appointment.participant.find(({ actor: one }) =>
        one?.reference?.startsWith('Practitioner/'),
      )?.actor;
      return `Appointment?actor=${actor?.reference ?? 'Practitioner/none'}&date=${day(appointment.start)}&_sort=date`;
    },
  },
  {
    name: 'open tasks of an owner',
    path: (draw) =>
      `Task?owner=${draw<Task>('Task').owner?.reference ?? 'Organization/none'}&status=requested,accepted,in-progress&_count=50`,
  },
  {
    name: 'questionnaires of a patient since a day',
    path(draw) {
      const response = draw<QuestionnaireResponse>('QuestionnaireResponse');
      return `QuestionnaireResponse?patient=${patientOf(response)}&authored=ge${day(response.authored)}`;
    },
  },
  {
    name: 'chain: observations of a person by name',
    path: (draw) =>
      `Observation?patient.family=${encode(draw<Patient>('Patient').name?.[0]?.family ?? '')}&code=${PHQ9}&_count=20`,
  },
  {
    name: 'chain: plans of the clients of a practitioner',
    path: (draw) =>
      `CarePlan?patient.general-practitioner=Practitioner/${draw<Practitioner>('Practitioner').id}&status=active&_count=20`,
  },
  {
    name: '_has: patients with a code above a value',
    path: (_draw, random) =>
      `Patient?_has:Observation:patient:code-value-quantity=${PHQ9}$ge${random.integer(15, 24)}&_count=20`,
  },
  {
    name: '_has: patients in the teams of a practitioner',
    path: (draw) =>
      `Patient?_has:CareTeam:patient:participant=Practitioner/${draw<Practitioner>('Practitioner').id}&_count=20`,
  },
  {
    name: 'a patient with all that refers to it, _revinclude',
    path: (draw) =>
      `Patient?_id=${draw<Patient>('Patient').id}&_revinclude=Condition:patient&_revinclude=Goal:patient&_revinclude=CarePlan:patient`,
  },
  {
    name: 'compartment: conditions of a patient',
    path: (draw) => `Patient/${draw<Patient>('Patient').id}/Condition`,
  },
  {
    name: '_summary=count of a code',
    path: (draw) => `Observation?code=${codeOf(draw<Observation>('Observation'))}&_summary=count`,
  },
  {
    name: '_total=accurate of a status',
    path: () => 'CarePlan?status=active&_total=accurate&_count=10',
  },
  {
    name: 'patients by name and birth date, sorted',
    path: (_draw, random) => `Patient?birthdate=ge${random.integer(1950, 1995)}&_sort=family,birthdate&_count=20`,
  },
  {
    name: 'what changed since a moment',
    path: () => `Task?_lastUpdated=ge${STORY.until}&_sort=-_lastUpdated&_count=20`,
  },
];

/** Draws resources of a type from a sample of the clients and from the practice. */
function drawFrom(clients: number, random: Random): Draw {
  const byType = new Map<string, FhirResource[]>();
  const step = Math.max(1, Math.floor(clients / SAMPLE));
  const indexes = Array.from({ length: Math.min(clients, SAMPLE) }, (_, place) => 1 + place * step);
  for (const bundle of [practiceBundle(), ...indexes.map((index) => clientBundle(STORY, index))])
    for (const { resource } of bundle.entry ?? []) {
      const found = byType.get(resource?.resourceType ?? '') ?? [];
      if (!resource) continue;
      found.push(resource as FhirResource);
      byType.set(resource.resourceType, found);
    }
  return <T extends FhirResource>(type: T['resourceType']) => random.pick(byType.get(type) ?? []) as T;
}

/** The searches with values of a demo population of so many clients. */
export function searchRequests(clients: number): readonly NamedRequests[] {
  const random = new Random(STORY.seed, clients, 'searches');
  const draw = drawFrom(clients, random);
  return searches.map(({ name, path }) => ({
    name,
    requests: Array.from({ length: REQUESTS }, () => get(`/fhir/${path(draw, random)}`)),
  }));
}
