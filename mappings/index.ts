/** The mappings, in the order in which the model is told. */
import { appointment } from './appointment.ts';
import { carePlan } from './care-plan.ts';
import { careTeam } from './care-team.ts';
import { client } from './client.ts';
import { goal } from './goal.ts';
import type { Mapping } from './mapping.ts';
import { phq9Assessment } from './phq9-assessment.ts';

export const mappings: readonly Mapping[] = [
  client,
  carePlan,
  goal,
  careTeam,
  appointment,
  phq9Assessment,
] as unknown as readonly Mapping[];
