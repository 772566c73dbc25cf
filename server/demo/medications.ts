/** Medications by what they treat. RxNorm codes are of semantic clinical drugs; where we are not sure of one, the text stands alone. */
import type { CodeableConcept } from '../../resources/types.ts';
import { coding, concept } from './coding.ts';

export interface Medication {
  readonly code: CodeableConcept;
  readonly dose: string;
  /** Times a day. */
  readonly daily: number;
  readonly route: CodeableConcept;
  readonly asNeeded: boolean;
}

const drug = (text: string, dose: string, daily: number, rxnorm?: string): Medication => ({
  code: rxnorm ? { coding: [coding('rxnorm', rxnorm, text)], text } : { text },
  dose,
  daily,
  route: concept('snomed', '26643006', 'Oral route (qualifier value)'),
  asNeeded: false,
});

const antidepressants = [
  drug('sertraline 50 MG Oral Tablet', '1 tablet in the morning', 1, '312941'),
  drug('escitalopram 10 MG Oral Tablet', '1 tablet in the morning', 1, '349332'),
  drug('fluoxetine 20 MG Oral Capsule', '1 capsule in the morning', 1, '310385'),
  drug('24 HR bupropion hydrochloride 150 MG Extended Release Oral Tablet', '1 tablet in the morning', 1, '993541'),
  drug('mirtazapine 15 MG Oral Tablet', '1 tablet at bedtime', 1, '311725'),
  drug('venlafaxine 75 MG extended-release capsule', '1 capsule with breakfast', 1),
];

/** By the key of the problem that they treat. */
export const medicationsFor: Readonly<Record<string, readonly Medication[]>> = {
  depression: antidepressants,
  anxiety: [drug('buspirone 10 MG tablet', '1 tablet twice a day', 2)],
  insomnia: [drug('trazodone hydrochloride 50 MG Oral Tablet', '1 tablet at bedtime', 1, '856377')],
  hypertension: [
    drug('lisinopril 10 MG Oral Tablet', '1 tablet a day', 1, '314076'),
    drug('amlodipine 5 MG Oral Tablet', '1 tablet a day', 1, '197361'),
  ],
  diabetes: [drug('metformin hydrochloride 500 MG Oral Tablet', '1 tablet with breakfast & dinner', 2, '861007')],
  hyperlipidemia: [drug('atorvastatin 20 MG Oral Tablet', '1 tablet in the evening', 1, '617310')],
  asthma: [
    {
      code: { text: 'albuterol inhaler, 90 micrograms a puff' },
      dose: '2 puffs up to four times a day',
      daily: 4,
      route: { text: 'Inhalation' },
      asNeeded: true,
    },
  ],
  hypothyroidism: [drug('levothyroxine 50 microgram tablet', '1 tablet before breakfast', 1)],
};
