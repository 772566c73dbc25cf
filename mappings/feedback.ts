/** Feedback <-> Communication of the category feedback. https://hl7.org/fhir/R4/communication.html */
import { type Codec, dateTime, positiveInteger, reference, text } from './codec.ts';
import { communication } from './communication.ts';
import { element } from './element.ts';
import { mapping } from './mapping.ts';
import type { Feedback } from './model.ts';
import { asker, ours } from './parts.ts';
import { required, rule } from './rule.ts';
import { coded } from './table.ts';
import { contactStatus } from './words.ts';

const stars: Codec<number> = { ...positiveInteger, schema: { type: 'integer', minimum: 1, maximum: 5 } };

export const feedback = mapping<Feedback>({
  name: 'Feedback',
  title: 'Feedback',
  doc: 'What a client or the family thinks of the care.',
  plural: 'feedback',
  ...communication('feedback'),
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Whose care it is about.'),
    status: required(element('status'), coded(contactStatus), 'Where it stands.'),
    from: rule(element('sender'), asker, 'Who gives it.'),
    givenAt: rule(element('sent'), dateTime, 'When.'),
    topic: rule(element('topic', 'text'), text, 'What it is about, in a line.'),
    text: rule(element('payload', {}, 'contentString'), text, 'What they say.'),
    rating: ours('feedback-rating', 'valueInteger', stars, 'From 1, bad, to 5, good.'),
    about: rule(element('about', {}, 'reference'), text, 'The visit, plan or person it is about, as its reference.'),
  },
});
