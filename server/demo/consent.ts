/** The Consent of some clients to share their record, with substance-use data kept back. https://hl7.org/fhir/R4/consent.html */
import type { Consent } from '../../resources/types.ts';
import { dateOf, momentOf } from './calendar.ts';
import { coding, concept } from './coding.ts';
import { organizationReference } from './practice.ts';
import { idOf, patientReference, randomFor, type Story } from './story.ts';

export function consents(story: Story): Consent[] {
  const random = randomFor(story, 'consent');
  const sensitive = story.problems.some(({ kind }) => kind.sensitive);
  if (!sensitive && !random.chance(0.3)) return [];
  const inactive = story.deceased || random.chance(0.06);
  return [
    {
      resourceType: 'Consent',
      id: idOf(story, 'consent'),
      meta: { security: [coding('confidentiality', 'N', 'normal')] },
      status: inactive ? 'inactive' : 'active',
      scope: concept('consentScope', 'patient-privacy', 'Privacy Consent'),
      category: [concept('loinc', '64292-6', 'Release of information consent')],
      patient: patientReference(story),
      dateTime: momentOf(story.enrolled, 570),
      performer: [patientReference(story)],
      organization: [organizationReference('palo-verde-care')],
      policyRule: concept('consentPolicy', 'hipaa-auth', 'HIPAA Authorization'),
      provision: {
        type: 'permit',
        period: { start: dateOf(story.enrolled), end: dateOf(story.enrolled + 1096) },
        actor: [
          {
            role: concept('participation', 'IRCP', 'information recipient'),
            reference: organizationReference('san-jacinto-hospital'),
          },
        ],
        ...(sensitive
          ? {
              provision: [
                {
                  type: 'deny',
                  securityLabel: [coding('actCode', 'ETH', 'substance abuse information sensitivity')],
                },
              ],
            }
          : {}),
      },
    },
  ];
}
