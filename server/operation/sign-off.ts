/**
 * CarePlan/[id]/$sign-off: a reviewer signs the plan as it stands. What is stored is a Provenance about that version, with the signature where there is one;
 * $diff tells what has changed since. An operation of ours. https://hl7.org/fhir/R4/provenance.html
 */
import { badValue, preconditionFailed } from '../../resources/outcome.ts';
import { parseReference } from '../../resources/reference.ts';
import type { AnyResource, Provenance, ProvenanceAgent, Signature } from '../../resources/types.ts';
import { versionConditions } from '../interaction/precondition.ts';
import { writeResponse } from '../interaction/response.ts';
import type { Session } from '../store/store.ts';
import { apply, check } from '../transaction/transact.ts';
import { defineOperation } from './operation.ts';
import { requireVisible } from './visible.ts';

const AGENT_TYPE = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
/** Who can sign: the targets of Provenance.agent.who. */
const SIGNERS: readonly string[] = [
  'Practitioner',
  'PractitionerRole',
  'Patient',
  'RelatedPerson',
  'Organization',
  'Device',
];

export const signOff = defineOperation(
  {
    code: 'sign-off',
    title: 'Sign a plan',
    description:
      'A reviewer signs the version of the plan that is current. With If-Match it is the version that was read, or nothing is signed.',
    resource: ['CarePlan'],
    system: false,
    type: false,
    instance: true,
    affectsState: true,
    parameter: {
      who: { type: 'string', min: 1, max: '1', documentation: 'Who signs: Practitioner/[id], Patient/[id] ...' },
      onBehalfOf: { type: 'string', min: 0, max: '1', documentation: 'For whom: Organization/[id] ...' },
      version: {
        type: 'string',
        min: 0,
        max: '1',
        documentation: 'The version that was read: as If-Match, refused when the plan has changed since',
      },
      signature: { type: 'Signature', min: 0, max: '1', documentation: 'The signature itself, where there is one' },
      reason: { type: 'CodeableConcept', min: 0, max: '1', documentation: 'Why: a review that was due ...' },
    },
    result: { name: 'return', type: 'Provenance', documentation: 'What was stored' },
  },
  async ({ id = '', input, request }, context) => {
    await requireVisible('CarePlan', id, context);
    const { ifMatch } = versionConditions(request);
    const who = signer('who', input.who);
    const onBehalfOf = input.onBehalfOf === undefined ? undefined : signer('onBehalfOf', input.onBehalfOf);
    const provenanceId = context.newId();
    const run = async (session: Session) => {
      const locked = await session.lock([{ type: 'CarePlan', id }]);
      const current = locked.get(`CarePlan/${id}`)?.version ?? 0;
      for (const wanted of [ifMatch, input.version])
        if (wanted !== undefined && String(wanted) !== String(current))
          throw preconditionFailed(
            `Version ${wanted} of CarePlan/${id} was to be signed, but its version is ${current}; read it again`,
            { expression: wanted === ifMatch ? 'http.If-Match' : 'http.version' },
          );
      const agent: ProvenanceAgent = {
        type: { coding: [{ system: AGENT_TYPE, code: 'verifier', display: 'Verifier' }] },
        who: { reference: who },
        ...(onBehalfOf === undefined ? {} : { onBehalfOf: { reference: onBehalfOf } }),
      };
      const provenance: Provenance = {
        resourceType: 'Provenance',
        target: [{ reference: `CarePlan/${id}/_history/${current}` }],
        recorded: new Date().toISOString(),
        ...(input.reason ? { reason: [input.reason] } : {}),
        agent: [agent],
        // What came as a Signature is held to one when the Provenance is checked.
        ...(input.signature ? { signature: [input.signature as unknown as Signature] } : {}),
      };
      const resource = provenance as unknown as AnyResource;
      check(resource, context);
      const { outcomes } = await apply([{ kind: 'create', id: provenanceId, resource }], session, context);
      const [outcome] = outcomes;
      if (!outcome) throw new Error('a Provenance that was created has an outcome');
      return writeResponse(request, outcome);
    };
    return context.session ? run(context.session) : context.store.transact(run);
  },
);

/** @throws FhirError 400 when it is no reference to somebody who can sign */
function signer(name: string, text: string): string {
  const parsed = parseReference(text);
  if (parsed?.kind === 'literal' && SIGNERS.includes(parsed.type)) return text;
  throw badValue(`${name}=${text} is nobody who can sign; expected ${SIGNERS.join('/[id], ')}/[id]`, {
    expression: `http.${name}`,
  });
}
