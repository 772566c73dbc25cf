/** The conditions that clients live with: codes of SNOMED CT and ICD-10-CM, and how often each comes. */
import { ageOn, type Day } from './calendar.ts';
import type { Person } from './person.ts';
import type { Random, Weighted } from './random.ts';

export interface ProblemKind {
  readonly key: string;
  readonly text: string;
  readonly snomed: readonly [code: string, display: string];
  readonly icd10: readonly [code: string, display: string];
  /** From which age on, in years. */
  readonly fromAge: number;
  /** Substance use: kept under a sensitivity label. */
  readonly sensitive?: boolean;
}

export interface Problem {
  readonly kind: ProblemKind;
  /** Counts from 1; the depression is always 1. */
  readonly number: number;
  readonly onset: Day;
}

const majorDepression = ['370143000', 'Major depressive disorder (disorder)'] as const;
const recurrent = ['66344007', 'Recurrent major depression (disorder)'] as const;

const depressions = {
  mild: {
    key: 'depression',
    text: 'Mild depression',
    snomed: majorDepression,
    icd10: ['F32.0', 'Major depressive disorder, single episode, mild'],
    fromAge: 10,
  },
  moderate: {
    key: 'depression',
    text: 'Moderate depression',
    snomed: majorDepression,
    icd10: ['F32.1', 'Major depressive disorder, single episode, moderate'],
    fromAge: 10,
  },
  recurrent: {
    key: 'depression',
    text: 'Recurrent depression, moderate',
    snomed: recurrent,
    icd10: ['F33.1', 'Major depressive disorder, recurrent, moderate'],
    fromAge: 10,
  },
  severe: {
    key: 'depression',
    text: 'Recurrent depression, severe',
    snomed: recurrent,
    icd10: ['F33.2', 'Major depressive disorder, recurrent severe without psychotic features'],
    fromAge: 10,
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

const others: Weighted<ProblemKind> = [
  [
    {
      key: 'anxiety',
      text: 'Generalized anxiety',
      snomed: ['21897009', 'Generalized anxiety disorder (disorder)'],
      icd10: ['F41.1', 'Generalized anxiety disorder'],
      fromAge: 12,
    },
    24,
  ],
  [
    {
      key: 'hypertension',
      text: 'High blood pressure',
      snomed: ['59621000', 'Essential hypertension (disorder)'],
      icd10: ['I10', 'Essential (primary) hypertension'],
      fromAge: 35,
    },
    24,
  ],
  [
    {
      key: 'diabetes',
      text: 'Type 2 diabetes',
      snomed: ['44054006', 'Diabetes mellitus type 2 (disorder)'],
      icd10: ['E11.9', 'Type 2 diabetes mellitus without complications'],
      fromAge: 30,
    },
    18,
  ],
  [
    {
      key: 'insomnia',
      text: 'Insomnia',
      snomed: ['193462001', 'Insomnia (disorder)'],
      icd10: ['G47.00', 'Insomnia, unspecified'],
      fromAge: 16,
    },
    12,
  ],
  [
    {
      key: 'ptsd',
      text: 'Post-traumatic stress',
      snomed: ['47505003', 'Posttraumatic stress disorder (disorder)'],
      icd10: ['F43.10', 'Post-traumatic stress disorder, unspecified'],
      fromAge: 14,
    },
    9,
  ],
  [
    {
      key: 'hyperlipidemia',
      text: 'High cholesterol',
      snomed: ['55822004', 'Hyperlipidemia (disorder)'],
      icd10: ['E78.5', 'Hyperlipidemia, unspecified'],
      fromAge: 35,
    },
    12,
  ],
  [
    {
      key: 'asthma',
      text: 'Asthma',
      snomed: ['195967001', 'Asthma (disorder)'],
      icd10: ['J45.909', 'Unspecified asthma, uncomplicated'],
      fromAge: 5,
    },
    9,
  ],
  [
    {
      key: 'pain',
      text: 'Chronic pain',
      snomed: ['82423001', 'Chronic pain (finding)'],
      icd10: ['G89.29', 'Other chronic pain'],
      fromAge: 25,
    },
    10,
  ],
  [
    {
      key: 'hypothyroidism',
      text: 'Underactive thyroid',
      snomed: ['40930008', 'Hypothyroidism (disorder)'],
      icd10: ['E03.9', 'Hypothyroidism, unspecified'],
      fromAge: 25,
    },
    6,
  ],
  [
    {
      key: 'alcohol',
      text: 'Alcohol dependence',
      snomed: ['66590003', 'Alcohol dependence (disorder)'],
      icd10: ['F10.20', 'Alcohol dependence, uncomplicated'],
      fromAge: 18,
      sensitive: true,
    },
    6,
  ],
];

function depressionAt(total: number, random: Random): ProblemKind {
  if (total >= 18) return depressions.severe;
  if (total >= 10) return random.pick([depressions.moderate, depressions.recurrent]);
  return depressions.mild;
}

/** A depression of the severity that `firstTotal` suggests, and up to four more conditions, all begun before `enrolled`. */
export function problemsOf({ birth }: Person, enrolled: Day, firstTotal: number, random: Random): Problem[] {
  const age = ageOn(birth, enrolled);
  const possible = others.filter(([{ fromAge }]) => fromAge < age);
  const kinds = new Set([depressionAt(firstTotal, random)]);
  for (let more = random.integer(1, age > 45 ? 4 : 2); more > 0; more--) kinds.add(random.weighted(possible));
  return [...kinds].map((kind, at) => ({
    kind,
    number: at + 1,
    onset: enrolled - random.integer(20, Math.min(4000, Math.max(60, (age - kind.fromAge) * 365))),
  }));
}
