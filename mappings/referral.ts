/** Referral <-> ServiceRequest. https://hl7.org/fhir/R4/servicerequest.html */
import { dateTime, reference, text } from './codec.ts';
import { element } from './element.ts';
import { mapping } from './mapping.ts';
import type { Referral } from './model.ts';
import { asker, member, notes } from './parts.ts';
import { constant, list, required, rule } from './rule.ts';
import { anyConcept, coded } from './table.ts';
import { referralStatus, urgency } from './words.ts';

export const referral = mapping<Referral>({
  name: 'Referral',
  title: 'Referral',
  doc: 'A client sent to somebody for something.',
  plural: 'referrals',
  type: 'ServiceRequest',
  constants: [constant(element('intent'), 'order')],
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Who is sent.'),
    status: required(element('status'), coded(referralStatus), 'Where it stands.'),
    urgency: rule(element('priority'), coded(urgency), 'How soon it is needed.'),
    service: rule(element('code'), anyConcept, 'What for.'),
    from: rule(element('requester'), asker, 'Who sends.'),
    to: rule(element('performer'), list(member), 'To whom.'),
    orderedAt: rule(element('authoredOn'), dateTime, 'When.'),
    reason: rule(element('reasonCode', {}, 'text'), text, 'Why, in words.'),
    problemIds: rule(element('reasonReference'), list(reference('Condition')), 'The problems that it is for.'),
    instructions: rule(element('patientInstruction'), text, 'What the client should know or bring.'),
    notes: notes(),
  },
});
