/** SocialNeed <-> Condition of the category sdoh. https://hl7.org/fhir/R4/condition.html, http://hl7.org/fhir/us/sdoh-clinicalcare */
import { dateTime, reference, text } from './codec.ts';
import { test } from './condition.ts';
import { choice, element } from './element.ts';
import { mapping } from './mapping.ts';
import type { SocialNeed } from './model.ts';
import { notes, person } from './parts.ts';
import { constant, required, rule } from './rule.ts';
import { concept } from './table.ts';
import { certainty, need, needStatus } from './words.ts';

const CATEGORY = { system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-category', code: 'sdoh' };

export const socialNeed = mapping<SocialNeed>({
  name: 'SocialNeed',
  title: 'Social need',
  doc: 'Something that a client lacks to live well: food, a home, a way to get about.',
  plural: 'social-needs',
  type: 'Condition',
  criteria: { category: `${CATEGORY.system}|${CATEGORY.code}` },
  accepts: test('isSocial', { kind: 'fits', pattern: { category: [{ coding: [CATEGORY] }] } }),
  constants: [constant(element('category'), [{ coding: [CATEGORY] }])],
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Whose need it is.'),
    need: rule(element('category', { coding: [{ system: need.system }] }), concept(need), 'What is lacking.'),
    description: rule(element('code', 'text'), text, 'The need in the words of the client.'),
    status: rule(element('clinicalStatus'), concept(needStatus), 'Whether it is still there.'),
    certainty: rule(element('verificationStatus'), concept(certainty), 'How sure it is.'),
    since: rule(choice('onset', 'DateTime'), dateTime, 'Since when.'),
    metOn: rule(choice('abatement', 'DateTime'), dateTime, 'Until when.'),
    recordedAt: rule(element('recordedDate'), dateTime, 'When it was written down.'),
    recordedBy: rule(element('recorder'), person, 'By whom.'),
    notes: notes(),
  },
});
