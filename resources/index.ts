/** The rules of the clinic: reactions to what is written, each in a file beside the type that it makes. An explicit list, so that it can be read. */
import { clientQuestion, clientReply } from './communication/question.ts';
import { safety } from './flag/safety.ts';
import { goalIntoPlan, proposedGoal } from './goal/proposed.ts';
import { intake } from './intake/reaction.ts';
import { signedVersion } from './provenance/signed-version.ts';
import { scoring } from './questionnaire-response/reaction.ts';
import type { Reaction } from './reaction.ts';
import { socialNeeds } from './social-need/reaction.ts';
import { referral } from './social-need/referral.ts';
import { closing } from './task/closing.ts';
import { completeForm } from './task/complete-form.ts';
import { phq9Due, phq9Late } from './task/phq9-due.ts';
import { reviewAnswers } from './task/review-answers.ts';
import { reviewDate, reviewGoal, reviewTotal } from './task/review-plan.ts';
import { recoveryClosing, recoveryOfForm, recoveryOfMessage } from './task/service-recovery.ts';
import { takenUp } from './task/taken-up.ts';

/** The thresholds of the rules with their defaults; each may be set by the installation. */
export const thresholds = {
  /** A PHQ-9 total from which the plan is reviewed. */
  'review-total': 10,
  /** A rise of the PHQ-9 against the total before. */
  'review-rise': 5,
  /** Weeks after the index score ... */
  'review-weeks': 8,
  /** ... by which it should have fallen by so many percent. */
  'review-fall': 50,
  /** Days after which a PHQ-9 that is due and not answered is late. */
  'phq9-late-days': 7,
  /** Hours in which a safety follow-up has to be done. */
  'safety-hours': 4,
  /** Days in which a goal that the client proposes is looked at, ... */
  'goal-days': 7,
  /** ... a question is answered, ... */
  'question-days': 2,
  /** ... a form that the client has answered is looked at, ... */
  'answers-days': 7,
  /** ... and a complaint or a low rating has its reply. */
  'recovery-days': 2,
  /** A satisfaction total, of 5 to 25, of so many points or less is a low one; ... */
  'recovery-total': 12,
  /** ... so is a rating, of 1 to 5, of so many stars or less. */
  'recovery-rating': 2,
  /** Days in which somebody helps with a social need. */
  'need-days': 14,
  /** At intake so many stays in hospital in a year are a high risk, ... */
  'risk-stays': 3,
  /** ... and so many social needs a rising one. */
  'risk-needs': 3,
} as const;

export type Threshold = keyof typeof thresholds;

export interface RuleSettings {
  /** Names of rules that are turned off. */
  readonly off?: readonly string[];
  readonly thresholds?: Readonly<Partial<Record<Threshold, number>>>;
}

/** All rules, in the order in which they look at a change. */
function all(set: Readonly<Record<Threshold, number>>): readonly Reaction[] {
  const recovery = {
    total: set['recovery-total'],
    rating: set['recovery-rating'],
    dueDays: set['recovery-days'],
  };
  return [
    scoring,
    completeForm,
    ...safety({ dueHours: set['safety-hours'] }),
    closing,
    reviewTotal({
      total: set['review-total'],
      rise: set['review-rise'],
      weeks: set['review-weeks'],
      fall: set['review-fall'],
    }),
    reviewGoal,
    reviewDate,
    signedVersion,
    ...phq9Due,
    phq9Late({ lateDays: set['phq9-late-days'] }),
    proposedGoal({ dueDays: set['goal-days'] }),
    goalIntoPlan,
    clientQuestion({ dueDays: set['question-days'] }),
    clientReply,
    reviewAnswers({ dueDays: set['answers-days'], recoveryTotal: recovery.total }),
    recoveryOfForm(recovery),
    recoveryOfMessage(recovery),
    recoveryClosing,
    takenUp,
    intake({ stays: set['risk-stays'], needs: set['risk-needs'], dueDays: set['answers-days'] }),
    ...socialNeeds({ dueDays: set['need-days'] }),
    referral({ dueDays: set['need-days'] }),
  ];
}

/** Each once: a rule with several triggers is one rule. */
export const ruleNames: readonly string[] = [...new Set(all(thresholds).map(({ name }) => name))];

/** The rules that are on. */
export const rules = ({ off = [], thresholds: set = {} }: RuleSettings = {}): readonly Reaction[] =>
  all({ ...thresholds, ...set }).filter(({ name }) => !off.includes(name));
