/** A message of a rule to the client, in the client's language where it is known here. https://hl7.org/fhir/R4/communication.html */
import { storedPatient } from '../patient-reference.ts';
import type { Derived, Facts, Reacting } from '../reaction.ts';
import { derivedId } from '../reaction.ts';
import type { Reference } from '../types.ts';

/** The same sentence in the languages that rules speak. */
export interface Sentence {
  readonly en: string;
  readonly es: string;
}

const NOTIFICATION = {
  system: 'http://terminology.hl7.org/CodeSystem/communication-category',
  code: 'notification',
  display: 'Notification',
};

/** The language to write to a client in: Spanish for those who would rather speak it, English otherwise. */
async function languageOf(patient: string, facts: Facts): Promise<keyof Sentence> {
  const client = await storedPatient(patient, facts);
  const spoken = client?.communication ?? [];
  const best = spoken.find(({ preferred }) => preferred) ?? spoken[0];
  return best?.language.coding?.some(({ code = '' }) => /^es\b/i.test(code)) ? 'es' : 'en';
}

/** A message about what changed; its id follows from the version that it answers. */
export async function messageTo(
  patient: string,
  sentence: Sentence,
  sender: Reference | undefined,
  { type, id, after, instant }: Reacting,
  facts: Facts,
): Promise<Derived & { readonly kind: 'put' }> {
  const language = await languageOf(patient, facts);
  const { security } = after?.meta ?? {};
  return {
    kind: 'put',
    resource: {
      resourceType: 'Communication',
      id: derivedId('message', type, id, after?.meta?.versionId ?? ''),
      ...(security ? { meta: { security } } : {}),
      language,
      status: 'completed',
      category: [{ coding: [NOTIFICATION] }],
      subject: { reference: patient },
      about: [{ reference: `${type}/${id}` }],
      sent: instant,
      recipient: [{ reference: patient }],
      ...(sender ? { sender } : {}),
      payload: [{ contentString: sentence[language] }],
    },
  };
}
