/** Handoff <-> Task with the code transition-of-care. https://hl7.org/fhir/R4/task.html */
import { SYSTEM } from '../resources/task/care-task.ts';
import { dateTime, reference, text } from './codec.ts';
import { test } from './condition.ts';
import { element } from './element.ts';
import { mapping } from './mapping.ts';
import type { Handoff } from './model.ts';
import { asker, EXTENSION, member, notes } from './parts.ts';
import { constant, required, rule } from './rule.ts';
import { coded } from './table.ts';
import { handoffStatus, urgency } from './words.ts';

const CODE = { system: SYSTEM, code: 'transition-of-care' };

export const handoff = mapping<Handoff>({
  name: 'Handoff',
  title: 'Hand-off',
  doc: 'The care of a client passed from one team to another, asked for and answered.',
  plural: 'handoffs',
  type: 'Task',
  profile: `${EXTENSION}/handoff-task`,
  criteria: { code: `${SYSTEM}|${CODE.code}` },
  accepts: test('isHandoff', { kind: 'fits', pattern: { code: { coding: [CODE] } } }),
  constants: [constant(element('intent'), 'order'), constant(element('code'), { coding: [CODE] })],
  rules: {
    clientId: required(element('for'), reference('Patient'), 'Whose care it is.'),
    status: required(element('status'), coded(handoffStatus), 'Where it stands.'),
    reason: rule(element('statusReason', 'text'), text, 'Why it was declined, cancelled or failed.'),
    urgency: rule(element('priority'), coded(urgency), 'How soon it is needed.'),
    from: rule(element('requester'), asker, 'Who hands the care on.'),
    to: rule(element('owner'), member, 'Who is asked to take it.'),
    askedAt: rule(element('authoredOn'), dateTime, 'When it was asked.'),
    answerBy: rule(element('restriction', 'period', 'end'), dateTime, 'By when an answer is expected.'),
    startedAt: rule(element('executionPeriod', 'start'), dateTime, 'When the care was taken up.'),
    completedAt: rule(element('executionPeriod', 'end'), dateTime, 'When it was done.'),
    about: rule(element('focus', 'reference'), text, 'The plan or document that goes with it, as its reference.'),
    summary: rule(element('description'), text, 'What whoever takes over has to know.'),
    notes: notes(),
  },
});
