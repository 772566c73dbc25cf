/** Everything about one client, as resources: each file of this folder contributes what its name says. */
import type { FhirResource } from '../../resources/types.ts';
import { appointments } from './appointment.ts';
import { carePlans } from './care-plan.ts';
import { careTeam } from './care-team.ts';
import { communications } from './communication.ts';
import { conditions } from './condition.ts';
import { consents } from './consent.ts';
import { encounters } from './encounter.ts';
import { goals } from './goal.ts';
import { measurements } from './measurements.ts';
import { medicationRequests } from './medication-request.ts';
import { patient, relatedPerson } from './patient.ts';
import { phq9Series, safetyFlag } from './phq9-series.ts';
import { referrals } from './referral.ts';
import { foodReferral, socialNeeds } from './social-needs.ts';
import type { Story } from './story.ts';
import { tasks } from './task.ts';

export const clientResources = (story: Story): FhirResource[] => [
  patient(story),
  ...relatedPerson(story),
  careTeam(story),
  ...conditions(story),
  ...goals(story),
  ...appointments(story),
  ...encounters(story),
  ...phq9Series(story),
  ...measurements(story),
  ...socialNeeds(story),
  ...medicationRequests(story),
  ...referrals(story),
  ...foodReferral(story),
  ...carePlans(story),
  ...safetyFlag(story),
  ...tasks(story),
  ...consents(story),
  ...communications(story),
];
