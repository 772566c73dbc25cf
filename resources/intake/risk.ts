/**
 * How closely a client is to be followed, by the answers of the intake: the highest row of a table that holds. It says why, and is never lower than what
 * people have set. https://hl7.org/fhir/R4/riskassessment.html
 */
import { BASE } from '../publication.ts';
import { type Derived, derivedId, type Facts } from '../reaction.ts';
import { domains } from '../social-need/domain.ts';
import type { RiskAssessment } from '../types.ts';
import type { Answers } from './intake.ts';

/** From the lowest to the highest: codes of ours, CodeSystem/risk-tier, with the likelihood of https://hl7.org/fhir/R4/valueset-risk-probability.html */
const tiers = [
  { code: 'low', display: 'Low', likelihood: ['low', 'Low likelihood'] },
  { code: 'rising', display: 'Rising', likelihood: ['moderate', 'Moderate likelihood'] },
  { code: 'high', display: 'High', likelihood: ['high', 'High likelihood'] },
  { code: 'crisis', display: 'In crisis', likelihood: ['high', 'High likelihood'] },
] as const;

export type Tier = (typeof tiers)[number]['code'];

export interface RiskThresholds {
  /** So many stays in hospital in a year are high, one is rising. */
  readonly stays: number;
  /** So many social needs are rising. */
  readonly needs: number;
}

/** The rows, the highest first; each gives its reason when it holds. */
function rows(answers: Answers, { stays, needs }: RiskThresholds): readonly (readonly [Tier, string | undefined])[] {
  const count = answers.integer('risk.hospital') ?? 0;
  const found = domains.filter(({ linkId }) => answers.boolean(linkId)).length;
  const when = (holds: boolean, reason: string) => (holds ? reason : undefined);
  return [
    ['crisis', when(answers.boolean('risk.harm') === true, 'Thoughts of hurting themselves or someone else')],
    ['high', when(answers.boolean('risk.home') === false, 'Not safe at home')],
    ['high', when(answers.boolean('needs.partner') === true, 'Harm or fear by a partner')],
    ['high', when(count >= stays, `${count} stays in hospital in the last year: ${stays} or more`)],
    [
      'rising',
      when(count > 0 && count < stays, `${count} ${count === 1 ? 'stay' : 'stays'} in hospital in the last year`),
    ],
    ['rising', when(found >= needs, `${found} social needs: ${needs} or more`)],
  ];
}

export interface Risk {
  readonly tier: Tier;
  /** A reason for each row that holds. */
  readonly reasons: readonly string[];
}

/** Undefined while no question about risk is answered. */
export function riskIn(answers: Answers, thresholds: RiskThresholds): Risk | undefined {
  const asked = ['risk.harm', 'risk.home'].some((linkId) => answers.boolean(linkId) !== undefined);
  if (!asked && answers.integer('risk.hospital') === undefined) return undefined;
  const held = rows(answers, thresholds).filter(([, reason]) => reason !== undefined);
  return { tier: held[0]?.[0] ?? 'low', reasons: held.flatMap(([, reason]) => reason ?? []) };
}

const rank = (tier: string | undefined): number => tiers.findIndex(({ code }) => code === tier);

/** Whether `tier` asks for more than what is set. */
export const isHigher = (tier: Tier, set: string | undefined): boolean => rank(tier) > rank(set);

const riskId = (responseId: string): string => derivedId('intake', 'risk', responseId);

export function riskAssessment({ tier, reasons }: Risk, { response }: Answers, patient: string): Derived {
  const { id = '', status, meta, authored, encounter } = response;
  const { code, display, likelihood } = tiers[rank(tier)] ?? tiers[0];
  return {
    kind: 'put',
    resource: {
      resourceType: 'RiskAssessment',
      id: riskId(id),
      ...(meta?.security ? { meta: { security: meta.security } } : {}),
      status: status === 'amended' ? 'amended' : 'final',
      method: { text: 'Throughline intake, version 1' },
      subject: { reference: patient },
      ...(encounter ? { encounter } : {}),
      ...(authored ? { occurrenceDateTime: authored } : {}),
      basis: [{ reference: `QuestionnaireResponse/${id}` }],
      prediction: [
        {
          outcome: { text: 'Harm, or a stay in hospital that could have been avoided' },
          qualitativeRisk: {
            coding: [
              { system: `${BASE}/CodeSystem/risk-tier`, code, display },
              {
                system: 'http://terminology.hl7.org/CodeSystem/risk-probability',
                code: likelihood[0],
                display: likelihood[1],
              },
            ],
          },
          ...(reasons.length > 0 ? { rationale: `${reasons.join('. ')}.` } : {}),
        },
      ],
    },
  };
}

/** The assessment of an intake that is taken back was entered in error. */
export async function withoutRisk(responseId: string, facts: Facts): Promise<readonly Derived[]> {
  const found = (await facts.get('RiskAssessment', riskId(responseId))) as unknown as
    | (RiskAssessment & { readonly id: string })
    | undefined;
  return found && found.status !== 'entered-in-error'
    ? [{ kind: 'put', resource: { ...found, status: 'entered-in-error' } }]
    : [];
}
