/** The CareTeam: the client, someone close to them, the coordinator and the clinicians. https://hl7.org/fhir/R4/careteam.html */
import type { CareTeam, CareTeamParticipant, Period } from '../../resources/types.ts';
import { dateOf } from './calendar.ts';
import { concept } from './coding.ts';
import { relativeTakesPart } from './patient.ts';
import { type Colleague, organizationReference } from './practice.ts';
import { staffRoles } from './staff.ts';
import { idOf, patientReference, referenceTo, type Story } from './story.ts';

const clinician = (colleague: Colleague, period: Period): CareTeamParticipant => ({
  role: [staffRoles[colleague.role].role],
  member: colleague.practitioner,
  onBehalfOf: organizationReference(staffRoles[colleague.role].organization),
  period,
});

export function careTeam(story: Story): CareTeam {
  const { team, enrolled, end, deceased } = story;
  const until = deceased ? { end: dateOf(end) } : {};
  const whole: Period = { start: dateOf(enrolled), ...until };
  const participant: CareTeamParticipant[] = [
    { role: [concept('snomed', '116154003', 'Patient')], member: patientReference(story), period: whole },
  ];
  if (relativeTakesPart(story))
    participant.push({
      role: [concept('snomed', '133932002', 'Caregiver')],
      member: referenceTo(story, 'RelatedPerson', 'relative'),
      period: whole,
    });
  if (team.formerCoordinator && team.handover !== undefined) {
    participant.push(clinician(team.formerCoordinator, { start: dateOf(enrolled), end: dateOf(team.handover) }));
    participant.push(clinician(team.coordinator, { start: dateOf(team.handover), ...until }));
  } else participant.push(clinician(team.coordinator, whole));
  for (const colleague of [team.primaryCare, team.therapist, team.psychiatrist])
    if (colleague) participant.push(clinician(colleague, whole));
  return {
    resourceType: 'CareTeam',
    id: idOf(story, 'care-team'),
    status: deceased ? 'inactive' : 'active',
    category: [concept('loinc', 'LA28865-6', 'Longitudinal care-coordination focused care team')],
    name: `Care team of ${story.person.given[0]} ${story.person.family}`,
    subject: patientReference(story),
    period: whole,
    participant,
    managingOrganization: [organizationReference('palo-verde-care')],
  };
}
