/** What the laws are tried on. */
import type fc from 'fast-check';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Base } from '../../mappings/model.ts';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import type { AnyResource } from '../../resources/types.ts';
import { exampleNames, exampleText } from '../official-examples.ts';
import { sampleOf } from './sample.ts';

/** Random cases a law: a few hundred in the quick tests, 10,000 in the long ones. */
export const RUNS = Number(process.env.LAW_RUNS ?? 300);

export const modelsOf = (mapping: Mapping): fc.Arbitrary<Base> => sampleOf(mapping.schema) as fc.Arbitrary<Base>;

/** Every official example of the type; where the model is a part of the type, those that are none of its own are tried all the same. */
export function examplesOf({ type }: Mapping): readonly AnyResource[] {
  return exampleNames
    .filter((name) => name.startsWith(`${type}-`))
    .map((name) => parseJson(exampleText(name)) as unknown as AnyResource)
    .filter((resource) => resource.resourceType === type)
    .map((resource) => parseJson(stringifyJson(resource)) as unknown as AnyResource);
}

const JUNK: readonly unknown[] = [null, 7, 'x', true, [], {}, [null], [[]], { coding: [null] }, [7, 'x']];

/** A resource with values replaced by what has no place there, about one in ten. */
export function breakAt(resource: AnyResource, dice: () => number): AnyResource {
  const broken = (value: unknown): unknown => {
    if (dice() === 0) return JUNK[dice()];
    if (Array.isArray(value)) return value.map(broken);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, broken(each)]));
  };
  const parts = Object.entries(resource).map(([name, each]) => [name, name === 'resourceType' ? each : broken(each)]);
  return Object.fromEntries(parts) as AnyResource;
}

type Model = Readonly<Record<string, unknown>> & Base;

/** A random model made to agree with itself, as R4 and our profiles ask: the end after the begin, a reason where one is due. */
export function conforming(name: string, model: Base): Base {
  return (rules[name] ?? ((each: Model) => each))(model as Model);
}

type Items = readonly Model[];
const items = (value: unknown): Items => (value ?? []) as Items;
const without = (model: Model, ...names: readonly string[]): Model =>
  Object.fromEntries(Object.entries(model).filter(([name]) => !names.includes(name)));

const rules: Readonly<Record<string, (model: Model) => Model>> = {
  Client: (model) => ({
    ...model,
    recordNumber: 'PV-1',
    sex: model.sex ?? 'unknown',
    legalName: { ...(model.legalName as object), family: 'García' },
    preferredName: { given: ['Mari'] },
    ...(model.identifiers ? { identifiers: [{ system: 'https://hospital.example/id', value: '7' }] } : {}),
    ...(model.languages ? { languages: [{ language: 'es-MX', preferred: true }, { language: 'en' }] } : {}),
    ...(model.emergencyContacts
      ? { emergencyContacts: items(model.emergencyContacts).map((each) => ({ ...each, phone: '555-0100' })) }
      : {}),
  }),
  CarePlan: (model) => ({
    ...without(model, 'end'),
    title: model.title ?? 'Plan',
    start: '2020-01-01',
    ...(['completed', 'ended-early'].includes(String(model.status)) ? { end: '2021' } : {}),
    ...(model.reviewOn ? { reviewOn: '2030-01-01' } : {}),
    ...(model.status === 'active' ? { goalIds: ['sleep'], teamIds: ['team'] } : {}),
    ...(model.activities ? { activities: items(model.activities).map(activity) } : {}),
  }),
  Goal: (model) => ({
    ...without(model, ...(['proposed', 'rejected'].includes(String(model.status)) ? ['achievement'] : [])),
    setBy: model.setBy ?? { kind: 'client', id: 'maria' },
    statusReason: model.statusReason ?? 'Because.',
    ...(model.targets ? { targets: items(model.targets).map(target) } : {}),
    ...(model.interventions ? { interventions: ['ServiceRequest/therapy'] } : {}),
  }),
  CareTeam: (model) => ({
    ...without(model, 'end'),
    status: model.status ?? 'active',
    members: [{ role: 'coordinator' }, ...items(model.members)].map((each, at) => ({
      ...without(each as Model, 'end', 'organization'),
      role: (each as Model).role ?? 'nurse',
      who: { kind: 'practitioner', id: `p${at}` },
    })),
  }),
  Appointment: (model) => ({
    ...without(model, 'cancellation'),
    start: '2026-05-01T10:00:00Z',
    end: '2026-05-01T10:45:00Z',
    ...(model.status === 'cancelled' ? { cancellation: { text: 'No transport' } } : {}),
    clientResponse: 'accepted',
    attendees: [{}, ...items(model.attendees)].map((each, at) => ({
      ...each,
      who: { kind: 'practitioner', id: `p${at}` },
      response: 'accepted',
    })),
    ...(model.requestedTimes ? { requestedTimes: [{ start: '2026-05-01' }] } : {}),
  }),
  Handoff: (model) => ({
    ...without(model, 'startedAt'),
    reason: model.reason ?? 'Because.',
    from: { kind: 'practitioner', id: 'lee' },
    to: { kind: 'organization', id: 'home-health' },
    askedAt: '2026-05-01T10:00:00Z',
    answerBy: '2026-05-02T10:00:00Z',
    completedAt: '2026-05-09',
    about: 'CarePlan/plan',
  }),
  Feedback: (model) => ({ ...model, about: 'Appointment/visit' }),
  ContactNote: (model) => ({ ...model, about: 'Appointment/visit' }),
  SocialNeed: (model) => ({
    ...without(model, 'since', ...(model.certainty === 'entered-in-error' ? ['status', 'metOn'] : [])),
    ...(model.certainty === 'entered-in-error' ? {} : { status: model.metOn ? 'met' : (model.status ?? 'open') }),
  }),
  Phq9Assessment: (model) => ({
    ...model,
    answeredAt: model.answeredAt ?? '2026-05-01',
    ...(model.language ? { language: 'es' } : {}),
    ...Object.fromEntries(phq9Fields.map((field) => [field, model[field] ?? 1])),
  }),
};

const phq9Fields = 'interest mood sleep energy appetite selfWorth concentration movement selfHarm'.split(' ');

function activity(model: Model): Model {
  if (model.order) return { order: 'ServiceRequest/therapy' } as Model;
  const schedule = model.schedule as Model & { kind?: string };
  return {
    ...model,
    status: model.status ?? 'planned',
    performers: [{ kind: 'practitioner', id: 'lee' }],
    ...(schedule?.kind === 'between' ? { schedule: { kind: 'between', start: '2026' } } : {}),
  } as Model;
}

function target(model: Model): Model {
  const aim = model.aim as (Model & { kind?: string }) | undefined;
  const fixed =
    aim?.kind === 'amount'
      ? { ...aim, unit: '{score}' }
      : aim?.kind === 'range'
        ? { kind: 'range', low: { value: 1.5, unit: 'kg' } }
        : aim;
  return {
    ...without(model, 'due'),
    measure: { text: 'How it goes' },
    ...(aim ? { aim: fixed } : {}),
  } as Model;
}
