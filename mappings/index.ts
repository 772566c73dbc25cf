/** The mappings, in the order in which the model is told. */
import { appointment } from './appointment.ts';
import { carePlan } from './care-plan.ts';
import { careTeam } from './care-team.ts';
import { client } from './client.ts';
import { contactNote } from './contact-note.ts';
import { feedback } from './feedback.ts';
import { goal } from './goal.ts';
import { handoff } from './handoff.ts';
import type { Mapping } from './mapping.ts';
import { phq9Assessment } from './phq9-assessment.ts';
import { referral } from './referral.ts';
import { riskScore } from './risk-score.ts';
import { socialNeed } from './social-need.ts';

export const mappings: readonly Mapping[] = [
  client,
  carePlan,
  goal,
  careTeam,
  appointment,
  phq9Assessment,
  handoff,
  referral,
  feedback,
  contactNote,
  socialNeed,
  riskScore,
];
