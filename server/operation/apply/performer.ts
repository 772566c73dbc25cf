/** Who does something of a plan: the people of the client's team, by the role that a definition asks for. */
import { isInForce } from '../../../resources/care-team/coordinator.ts';
import type { CodeableConcept, PlanDefinitionActionParticipant, Reference } from '../../../resources/types.ts';
import type { Situation } from './situation.ts';

export interface Performers {
  readonly references: readonly Reference[];
  /** The roles for which the team has nobody. */
  readonly open: readonly CodeableConcept[];
}

/** Types of members by the kind of participant. https://hl7.org/fhir/R4/valueset-action-participant-type.html */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  practitioner: ['Practitioner', 'PractitionerRole', 'Organization', 'CareTeam'],
  'related-person': ['RelatedPerson'],
  device: ['Device'],
};

export function performersOf(
  participants: readonly PlanDefinitionActionParticipant[],
  { subject, teams, start }: Situation,
): Performers {
  const found = participants.map(({ type, role }): Performers => {
    if (type === 'patient') return { references: [{ reference: subject }], open: [] };
    const types = MEMBERS[type] ?? [];
    const member = teams
      .flatMap(({ participant = [] }) => participant)
      .find(
        (each) =>
          isInForce(each, Date.parse(start)) &&
          types.includes(each.member?.reference?.split('/')[0] ?? '') &&
          role !== undefined &&
          each.role?.some((own) => isSame(own, role)),
      )?.member;
    return member ? { references: [member], open: [] } : { references: [], open: role ? [role] : [] };
  });
  const references = new Map(found.flatMap((each) => each.references.map((one) => [one.reference, one])));
  return { references: [...references.values()], open: found.flatMap(({ open }) => open) };
}

/** The same by a coding, or by text where one has no coding. */
export function isSame(one: CodeableConcept, other: CodeableConcept): boolean {
  const codings = other.coding ?? [];
  const byCode = one.coding?.some(({ system, code }) =>
    codings.some((each) => code !== undefined && each.system === system && each.code === code),
  );
  const text = one.text?.toLowerCase();
  return byCode === true || (text !== undefined && text === other.text?.toLowerCase());
}
