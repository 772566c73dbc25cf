/**
 * The social needs that are screened for here, by Gravity's category: which item of the intake asks, and in our own words what is wished for and asked of
 * others. A further need is one more row, and two more items of the intake. http://hl7.org/fhir/us/sdoh-clinicalcare
 */
import type { Coding } from '../types.ts';

export const SDOH_CATEGORY = 'http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes';

export interface Domain {
  /** Gravity's category. */
  readonly code: string;
  readonly display: string;
  /** The goal, in words that the client would use. */
  readonly goal: string;
  /** What is asked of whoever helps. */
  readonly service: string;
}

/** One that the intake asks about. */
export interface IntakeDomain extends Domain {
  /** Item of the intake; the one about help has `.help` behind it. */
  readonly linkId: string;
}

const domain = (linkId: string, code: string, display: string, goal: string, service: string): IntakeDomain => ({
  linkId: `needs.${linkId}`,
  code,
  display,
  goal,
  service,
});

export const domains: readonly IntakeDomain[] = [
  domain('food', 'food-insecurity', 'Food Insecurity', 'Enough good food at home, every day', 'Help with food'),
  domain('housing', 'housing-instability', 'Housing Instability', 'A home to count on', 'Help with keeping a home'),
  domain('repair', 'inadequate-housing', 'Inadequate Housing', 'A home in good repair', 'Help with repairs at home'),
  domain(
    'transport',
    'transportation-insecurity',
    'Transportation Insecurity',
    'A way to get to visits, work and the shops',
    'Help with getting about',
  ),
  domain('utilities', 'utility-insecurity', 'Utility Insecurity', 'Power, heat and water', 'Help with utility bills'),
  domain('money', 'financial-insecurity', 'Financial Insecurity', 'Money that lasts the month', 'Help with money'),
  domain(
    'medicine',
    'medical-cost-burden',
    'Medical Cost Burden',
    'Care and medicine that I can pay for',
    'Help with the cost of care',
  ),
  domain(
    'insurance',
    'health-insurance-coverage-status',
    'Health Insurance Coverage Status',
    'Health insurance',
    'Help with health insurance',
  ),
  domain('work', 'employment-status', 'Employment Status', 'Work that I can keep', 'Help with finding work'),
  domain('online', 'digital-access', 'Digital Access', 'A phone and a way to get online', 'Help with getting online'),
  domain('company', 'social-connection', 'Social Connection', 'People to count on', 'Company and support'),
  domain(
    'partner',
    'intimate-partner-violence',
    'Intimate Partner Violence',
    'To be safe from harm by a partner',
    'Help with safety from a partner',
  ),
];

export const categoryOf = ({ code, display }: Domain): Coding => ({ system: SDOH_CATEGORY, code, display });
