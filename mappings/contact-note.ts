/** ContactNote <-> Communication of the category contact-note. https://hl7.org/fhir/R4/communication.html */
import { dateTime, reference, text } from './codec.ts';
import { communication } from './communication.ts';
import { element } from './element.ts';
import { mapping } from './mapping.ts';
import type { ContactNote } from './model.ts';
import { asker, member } from './parts.ts';
import { list, required, rule } from './rule.ts';
import { coded, concept } from './table.ts';
import { contactStatus, medium } from './words.ts';

export const contactNote = mapping<ContactNote>({
  name: 'ContactNote',
  title: 'Contact note',
  doc: 'A contact with a client or about one, or the attempt.',
  plural: 'contact-notes',
  ...communication('contact-note'),
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Which client.'),
    status: required(element('status'), coded(contactStatus), 'Whether they were reached.'),
    reason: rule(element('statusReason', 'text'), text, 'Why they were not.'),
    medium: rule(element('medium', {}), concept(medium), 'By which way.'),
    by: rule(element('sender'), asker, 'Who got in touch.'),
    with: rule(element('recipient'), list(member), 'With whom.'),
    at: rule(element('sent'), dateTime, 'When.'),
    topic: rule(element('topic', 'text'), text, 'What it was about, in a line.'),
    text: rule(element('payload', {}, 'contentString'), text, 'What was said and agreed.'),
    about: rule(element('about', {}, 'reference'), text, 'The appointment or plan it was about, as its reference.'),
  },
});
