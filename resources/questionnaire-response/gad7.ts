/** The GAD-7: seven items of 0 to 3 points about anxiety. https://loinc.org/69737-5 */
import { BASE } from '../publication.ts';
import { frequencyOptions, lastTwoWeeks, pfizer } from './frequency.ts';
import type { AnswerOption, Instrument, InstrumentItem } from './instrument.ts';

// LOINC gives one item of the panel (68509-9) an answer list of its own, in which two points are "More days than not".
const options: readonly AnswerOption[] = frequencyOptions.map((option) =>
  option.weight === 2 ? { ...option, aliases: ['LA18938-3', 'More days than not'] } : option,
);

const item = (
  code: string,
  display: string,
  en: string,
  es: string,
  ...phrases: readonly string[]
): InstrumentItem => ({ code, display, text: { en, es }, options, phrases });

const system = `${BASE}/CodeSystem/instrument-band`;

export const gad7: Instrument = {
  name: 'gad-7',
  title: 'Generalized Anxiety Disorder questionnaire (GAD-7)',
  canonicals: ['http://loinc.org/q/69737-5', `${BASE}/Questionnaire/gad-7`],
  version: '1.0.0',
  panel: { code: '69737-5', display: 'Generalized anxiety disorder 7 item (GAD-7)' },
  total: { code: '70274-6', display: 'Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]' },
  lead: lastTwoWeeks,
  items: [
    item(
      '69725-0',
      'Feeling nervous, anxious or on edge',
      'Feeling nervous, anxious or on edge',
      'Se ha sentido nervioso(a), ansioso(a) o con los nervios de punta',
      'nervous',
      'nervios de punta',
    ),
    item(
      '68509-9',
      'Over the past 2 weeks have you not been able to stop or control worrying',
      'Not being able to stop or control worrying',
      'No ha sido capaz de parar o controlar su preocupación',
      'control worrying',
      'controlar su preocupación',
    ),
    item(
      '69733-4',
      'Worrying too much about different things',
      'Worrying too much about different things',
      'Se ha preocupado demasiado por motivos diferentes',
      'worrying too much',
      'preocupado demasiado',
    ),
    item(
      '69734-2',
      'Trouble relaxing',
      'Trouble relaxing',
      'Ha tenido dificultad para relajarse',
      'relax',
      'relajarse',
    ),
    item(
      '69735-9',
      'Being so restless that it is hard to sit still',
      'Being so restless that it is hard to sit still',
      'Se ha sentido tan inquieto(a) que no ha podido quedarse quieto(a)',
      'restless',
      'inquieto',
    ),
    item(
      '69689-8',
      'Becoming easily annoyed or irritable',
      'Becoming easily annoyed or irritable',
      'Se ha molestado o irritado fácilmente',
      'annoyed',
      'irritable',
      'irritado',
    ),
    item(
      '69736-7',
      'Feeling afraid as if something awful might happen',
      'Feeling afraid as if something awful might happen',
      'Ha tenido miedo de que algo terrible fuera a pasar',
      'afraid',
      'miedo',
    ),
  ],
  unscored: [],
  bands: [
    { from: 0, to: 4, system, code: 'minimal', display: 'Minimal' },
    { from: 5, to: 9, system, code: 'mild', display: 'Mild' },
    { from: 10, to: 14, system, code: 'moderate', display: 'Moderate' },
    { from: 15, to: 21, system, code: 'severe', display: 'Severe' },
  ],
  copyright: pfizer,
  description: 'Seven questions about the last two weeks; the total of 0 to 21 tells how severe an anxiety is.',
};
