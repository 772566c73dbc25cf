/** The rules of the clinic: reactions to what is written, each in a file beside the type that it makes. An explicit list, so that it can be read. */
import { safety } from './flag/safety.ts';
import { scoring } from './questionnaire-response/reaction.ts';
import type { Reaction } from './reaction.ts';
import { closing } from './task/closing.ts';
import { completeForm } from './task/complete-form.ts';
import { reviewDate, reviewGoal, reviewTotal } from './task/review-plan.ts';

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
  /** Hours in which a safety follow-up has to be done. */
  'safety-hours': 4,
} as const;

export type Threshold = keyof typeof thresholds;

export interface RuleSettings {
  /** Names of rules that are turned off. */
  readonly off?: readonly string[];
  readonly thresholds?: Readonly<Partial<Record<Threshold, number>>>;
}

/** All rules, in the order in which they look at a change. */
function all(set: Readonly<Record<Threshold, number>>): readonly Reaction[] {
  return [
    scoring,
    completeForm,
    safety({ dueHours: set['safety-hours'] }),
    closing,
    reviewTotal({
      total: set['review-total'],
      rise: set['review-rise'],
      weeks: set['review-weeks'],
      fall: set['review-fall'],
    }),
    reviewGoal,
    reviewDate,
  ];
}

export const ruleNames: readonly string[] = all(thresholds).map(({ name }) => name);

/** The rules that are on. */
export const rules = ({ off = [], thresholds: set = {} }: RuleSettings = {}): readonly Reaction[] =>
  all({ ...thresholds, ...set }).filter(({ name }) => !off.includes(name));
