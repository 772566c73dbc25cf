/**
 * What belongs to the record of a patient or an encounter, as criteria for each type of resource.
 * https://hl7.org/fhir/R4/patient-operation-everything.html, https://hl7.org/fhir/R4/encounter-operation-everything.html
 *
 * The core is the compartment, with the types that R4 leaves out of it though they have a parameter `patient` or `encounter` (Task, Device).
 * What the core refers to supports it: practitioners, organizations, locations, medications. Nothing of another patient's does.
 */
import { compartmentTables, resourceTypes } from '../../../resources/definition.ts';
import type { ResourceType } from '../../../resources/types.ts';
import { and, type Expression, not, nothing, or } from '../../search/expression.ts';
import type { SearchContext, TypeQuery } from '../../search/query.ts';
import { asks, refersTo, withIds } from '../criteria.ts';
import { careDate } from './care-date.ts';

export type Compartment = 'Patient' | 'Encounter';

export interface RecordOf {
  readonly type: Compartment;
  /** Absent: the records of all patients that the caller may see. */
  readonly id?: string;
  /** Care was given on or after, and on or before, these dates. */
  readonly start?: string;
  readonly end?: string;
}

/** The parameters by which resources of `type` refer to the patient or encounter whose record they are in. */
function memberships(compartment: Compartment, type: ResourceType, { parameters }: SearchContext): readonly string[] {
  const table = compartmentTables().find(({ code }) => code === compartment);
  const declared = table?.parameters[type]?.filter((code) => code !== '{def}') ?? [];
  if (declared.length > 0) return declared;
  const own = parameters.get(type, compartment.toLowerCase());
  return own?.type === 'reference' && own.targets.includes(compartment) ? [own.code] : [];
}

const isMember = (compartment: Compartment, type: ResourceType, context: SearchContext): boolean =>
  memberships(compartment, type, context).length > 0;

/** Refers to the one whose record it is or, without id, to any of that type. */
const inRecord = (of: Compartment, type: ResourceType, id: string | undefined, context: SearchContext): Expression =>
  refersTo(type, memberships(of, type, context), of, id, context);

/** In the time that is asked for. What has no date belongs to every time. */
function inTime(type: ResourceType, { start, end }: RecordOf, context: SearchContext): readonly Expression[] {
  const code = start === undefined && end === undefined ? undefined : careDate(type, context);
  if (code === undefined) return [];
  const range = and([
    ...(start === undefined ? [] : [asks(type, code, `ge${start}`, context)]),
    ...(end === undefined ? [] : [asks(type, code, `le${end}`, context)]),
  ]);
  return [or([range, asks(type, `${code}:missing`, 'true', context)])];
}

/** The core of the record without the patient or encounter itself; of all records, with the patients. */
export function coreOf(record: RecordOf, context: SearchContext): readonly TypeQuery[] {
  const { type: of, id } = record;
  const core = (type: ResourceType): Expression => {
    if (type === of && id === undefined) return { kind: 'all' };
    const member = and([inRecord(of, type, id, context), ...inTime(type, record, context)]);
    return type === of && id !== undefined ? and([member, not(withIds(type, [id], context))]) : member;
  };
  return resourceTypes()
    .filter((type) => isMember(of, type, context) || type === of)
    .map((type) => ({ type, expression: core(type), sort: [] }));
}

/** What a resource must satisfy, to which the record refers, to come along. The core never does, so nothing comes twice. */
export function supportingOf({ type: of, id }: RecordOf, type: ResourceType, context: SearchContext): Expression {
  if (of === 'Patient')
    return type === 'Patient'
      ? nothing
      : not(isMember('Patient', type, context) ? inRecord('Patient', type, undefined, context) : nothing);
  const isCore = isMember('Encounter', type, context) ? inRecord('Encounter', type, id, context) : nothing;
  const isItself = type === 'Encounter' && id !== undefined ? withIds(type, [id], context) : nothing;
  return not(or([isCore, isItself]));
}

/** Whether what a supporting resource refers to supports the record too: not where that would lead through a patient's own data. */
export const isFollowed = (type: ResourceType, context: SearchContext): boolean =>
  type !== 'Patient' && !isMember('Patient', type, context);
