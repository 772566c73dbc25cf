/** Where extracted resources come from. https://hl7.org/fhir/uv/sdc/extraction.html, https://hl7.org/fhir/R4/provenance.html */
import { derivedId } from '../../../../resources/reaction.ts';
import type { BundleEntry, Provenance, QuestionnaireResponse } from '../../../../resources/types.ts';

const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** The entry of a Provenance of all `entries`; its id follows from what they are. */
export function provenanceOf(
  { id, authored, author, meta }: QuestionnaireResponse,
  entries: readonly BundleEntry[],
  now: string,
  baseUrl: string,
): BundleEntry {
  const target = entries.flatMap(({ fullUrl = '' }) => ({
    reference: fullUrl.startsWith(`${baseUrl}/`) ? fullUrl.slice(baseUrl.length + 1) : fullUrl,
  }));
  const own = derivedId('extract', 'provenance', id ?? '', ...target.map(({ reference }) => reference));
  const provenance: Provenance = {
    resourceType: 'Provenance',
    id: own,
    target,
    recorded: instantOf(authored) ?? meta?.lastUpdated ?? now,
    agent: [
      {
        type: { coding: [{ system: PARTICIPANT, code: 'assembler', display: 'Assembler' }] },
        who: { display: 'Throughline' },
      },
      ...(author
        ? [{ type: { coding: [{ system: PARTICIPANT, code: 'author', display: 'Author' }] }, who: author }]
        : []),
    ],
    entity: [
      {
        role: 'source',
        what:
          id === undefined
            ? { display: 'A QuestionnaireResponse that was sent' }
            : { reference: `QuestionnaireResponse/${id}` },
      },
    ],
  };
  return {
    fullUrl: `${baseUrl}/Provenance/${own}`,
    resource: provenance,
    request: { method: 'PUT', url: `Provenance/${own}` },
  };
}

const instantOf = (text: string | undefined): string | undefined => (text?.includes('T') ? text : undefined);
