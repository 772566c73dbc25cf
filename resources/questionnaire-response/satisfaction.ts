/** Our short questionnaire after a visit or a handoff: five statements, 1 to 5 points each, and room for words. */
import { BASE } from '../publication.ts';
import type { AnswerOption, Instrument, InstrumentItem } from './instrument.ts';

const answers = `${BASE}/CodeSystem/agreement`;
const questions = `${BASE}/CodeSystem/satisfaction`;
const bands = `${BASE}/CodeSystem/instrument-band`;

const options: readonly AnswerOption[] = [
  ['strongly-disagree', 'Strongly disagree', 'Totalmente en desacuerdo'],
  ['disagree', 'Disagree', 'En desacuerdo'],
  ['neither', 'Neither agree nor disagree', 'Ni de acuerdo ni en desacuerdo'],
  ['agree', 'Agree', 'De acuerdo'],
  ['strongly-agree', 'Strongly agree', 'Totalmente de acuerdo'],
].map(([code = '', en = '', es = ''], at) => ({
  system: answers,
  code,
  display: en,
  text: { en, es },
  weight: at + 1,
}));

const item = (code: string, en: string, es: string, ...phrases: readonly string[]): InstrumentItem => ({
  system: questions,
  code,
  display: en,
  text: { en, es },
  options,
  phrases,
});

export const satisfaction: Instrument = {
  name: 'satisfaction',
  title: 'How was it for you?',
  canonicals: [`${BASE}/Questionnaire/satisfaction`],
  version: '1.0.0',
  panel: { system: questions, code: 'satisfaction-panel', display: 'Satisfaction with care coordination' },
  total: { system: questions, code: 'satisfaction-total', display: 'Satisfaction with care coordination, total score' },
  lead: { en: 'How much do you agree?', es: '¿Qué tan de acuerdo está usted?' },
  items: [
    item('listened', 'My team listened to me', 'Mi equipo me escuchó', 'listened', 'escuchó'),
    item(
      'explained',
      'Things were explained in a way I understood',
      'Me explicaron las cosas de una manera que entendí',
      'explained',
      'explicaron',
    ),
    item('decided', 'I had a say in my plan', 'Mi opinión contó en mi plan de cuidado', 'had a say', 'opinión contó'),
    item(
      'reached',
      'I could reach someone when I needed to',
      'Pude comunicarme con alguien cuando lo necesité',
      'could reach',
      'comunicarme',
    ),
    item(
      'together',
      'The people who care for me work together',
      'Las personas que me atienden trabajan en conjunto',
      'work together',
      'en conjunto',
    ),
  ],
  unscored: [],
  bands: [
    { from: 5, to: 12, system: bands, code: 'dissatisfied', display: 'Dissatisfied' },
    { from: 13, to: 18, system: bands, code: 'mixed', display: 'Mixed' },
    { from: 19, to: 25, system: bands, code: 'satisfied', display: 'Satisfied' },
  ],
  copyright: 'Throughline, Apache License 2.0.',
  description: 'Five statements about the care of the last weeks. A total of 12 or less asks for a call to the client.',
};
