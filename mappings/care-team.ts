/** CareTeam <-> CareTeam. https://hl7.org/fhir/R4/careteam.html */
import { reference, text } from './codec.ts';
import { element } from './element.ts';
import { mapping } from './mapping.ts';
import type { CareTeam, TeamMember } from './model.ts';
import { EXTENSION, endOf, member, notes, ours, phones, startOf } from './parts.ts';
import { list, record, required, rule } from './rule.ts';
import { coded, concept } from './table.ts';
import { teamRole, teamStatus } from './words.ts';

const teamMember = record<TeamMember>({
  who: rule(element('member'), member, 'The member.'),
  role: rule(element('role', {}), concept(teamRole), 'What the member is in the team.'),
  organization: rule(
    element('onBehalfOf'),
    reference('Organization'),
    'The organization that a practitioner acts for.',
  ),
  phone: ours('care-team-member-phone', 'valueString', text, 'The number at which the team reaches the member.'),
  start: startOf('Member since.'),
  end: endOf('Member until.'),
});

export const careTeam = mapping<CareTeam>({
  name: 'CareTeam',
  title: 'Care team',
  doc: 'Everyone who takes part in the care of a client, the client and the family included.',
  plural: 'teams',
  type: 'CareTeam',
  profile: `${EXTENSION}/care-team`,
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Whose team it is.'),
    name: rule(element('name'), text, 'What people call it.'),
    status: rule(element('status'), coded(teamStatus), 'Whether it is at work.'),
    start: startOf('At work since.'),
    end: endOf('At work until.'),
    members: rule(
      element('participant'),
      list(teamMember, { key: ({ who }) => who }),
      'The members, each with one role.',
    ),
    problemIds: rule(element('reasonReference'), list(reference('Condition')), 'The problems that it is there for.'),
    phones: phones(),
    notes: notes(),
  },
});
