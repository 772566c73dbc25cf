/**
 * What a client decides at intake about sharing: the Consent that says it, and the decision as the record of the client keeps it.
 * https://hl7.org/fhir/R4/consent.html
 */
import { searchValue } from '../patient-reference.ts';
import { BASE } from '../publication.ts';
import { type Derived, derivedId, type Facts, type Reacting } from '../reaction.ts';
import type { Consent } from '../types.ts';
import { type Answers, dayOf } from './intake.ts';

export interface Sharing {
  /** A code of ours: CodeSystem/sharing. */
  readonly decision: 'agreed' | 'limited' | 'refused';
  /** What is not to be shared, or with whom not. */
  readonly limits?: string;
}

/** The decision in the record of the client, an extension of ours. */
export const CONSENT_TO_SHARE = `${BASE}/StructureDefinition/client-consent-to-share`;

const NOT_WITH_PARTNERS = 'Not with community organizations.';

/** The decision; undefined while the question about the team is not answered. */
export function sharingIn(answers: Answers): Sharing | undefined {
  const [team, partners] = [answers.boolean('consent.team'), answers.boolean('consent.partners')];
  if (team === undefined) return undefined;
  if (!team) return { decision: 'refused' };
  const limits = [partners === false ? NOT_WITH_PARTNERS : '', answers.text('consent.limits') ?? ''].filter(Boolean);
  return limits.length === 0 ? { decision: 'agreed' } : { decision: 'limited', limits: limits.join(' ') };
}

const hl7 = 'http://terminology.hl7.org/CodeSystem';

const consentId = (responseId: string): string => derivedId('intake', 'consent', responseId);

type StoredConsent = Consent & { readonly id: string };

/** In force while it is the latest decision. */
function consentOf(answers: Answers, sharing: Sharing, patient: string, isInForce: boolean): StoredConsent {
  const { id = '', meta, authored } = answers.response;
  const permits = sharing.decision !== 'refused';
  return {
    resourceType: 'Consent',
    id: consentId(id),
    ...(meta?.security ? { meta: { security: meta.security } } : {}),
    status: isInForce ? 'active' : 'inactive',
    scope: { coding: [{ system: `${hl7}/consentscope`, code: 'patient-privacy', display: 'Privacy Consent' }] },
    category: [
      { coding: [{ system: 'http://loinc.org', code: '64292-6', display: 'Release of information consent' }] },
    ],
    patient: { reference: patient },
    ...(authored ? { dateTime: authored } : {}),
    performer: [{ reference: patient }],
    sourceReference: { reference: `QuestionnaireResponse/${id}` },
    policyRule: {
      coding: [
        { system: `${hl7}/v3-ActCode`, code: permits ? 'OPTIN' : 'OPTOUT', display: permits ? 'opt-in' : 'opt-out' },
      ],
    },
    provision: {
      type: permits ? 'permit' : 'deny',
      ...(permits && sharing.limits ? { provision: exceptions(answers) } : {}),
    },
  };
}

/** What is kept back. Words that no program can act on are kept as words. */
function exceptions(answers: Answers): NonNullable<Consent['provision']>['provision'] {
  const words = answers.text('consent.limits');
  const recipient = {
    coding: [{ system: `${hl7}/v3-ParticipationType`, code: 'IRCP', display: 'information recipient' }],
  };
  return [
    ...(answers.boolean('consent.partners') === false
      ? [{ type: 'deny' as const, actor: [{ role: recipient, reference: { display: 'Community organizations' } }] }]
      : []),
    ...(words ? [{ type: 'deny' as const, code: [{ text: words }] }] : []),
  ];
}

/** The Consent of the intake. The latest decision is in force, and ends those of earlier intakes. */
export async function consents(
  answers: Answers,
  patient: string,
  isLatest: boolean,
  facts: Facts,
): Promise<readonly Derived[]> {
  const sharing = sharingIn(answers);
  if (!sharing) return withoutConsent(answers.response.id ?? '', facts);
  const own = consentOf(answers, sharing, patient, isLatest);
  if (!isLatest) return [{ kind: 'put', resource: { ...own } }];
  const all = (await facts.find(
    `Consent?patient=${searchValue(patient)}&status=active`,
  )) as unknown as readonly StoredConsent[];
  const former = all.filter(({ id, sourceReference }) => {
    const response = sourceReference?.reference?.replace('QuestionnaireResponse/', '') ?? '';
    return id !== own.id && id === consentId(response);
  });
  return [
    ...former.map((each): Derived => ({ kind: 'put', resource: { ...each, status: 'inactive' } })),
    { kind: 'put', resource: { ...own } },
  ];
}

/** The Consent of an intake that is taken back was entered in error. */
export async function withoutConsent(responseId: string, facts: Facts): Promise<readonly Derived[]> {
  const found = (await facts.get('Consent', consentId(responseId))) as unknown as StoredConsent | undefined;
  return found && found.status !== 'entered-in-error'
    ? [{ kind: 'put', resource: { ...found, status: 'entered-in-error' } }]
    : [];
}

/** The decision as an extension of the Patient. */
export const sharingParts = (answers: Answers, sharing: Sharing, { instant }: Reacting) => [
  { url: 'decision', valueCode: sharing.decision },
  { url: 'date', valueDate: dayOf(answers, instant) },
  ...(sharing.limits ? [{ url: 'limits', valueString: sharing.limits }] : []),
];
