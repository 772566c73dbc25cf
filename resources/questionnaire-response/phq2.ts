/** The PHQ-2: the first two items of the PHQ-9. A total of 3 or more asks for the PHQ-9. https://loinc.org/55757-9 */
import { BASE } from '../publication.ts';
import { lastTwoWeeks, pfizer } from './frequency.ts';
import type { Instrument } from './instrument.ts';
import { phq9, phq9Items } from './phq9.ts';

export const phq2: Instrument = {
  name: 'phq-2',
  title: 'Patient Health Questionnaire, first two questions (PHQ-2)',
  canonicals: ['http://loinc.org/q/55757-9', `${BASE}/Questionnaire/phq-2`],
  version: '1.0.0',
  panel: { code: '55757-9', display: 'Patient Health Questionnaire 2 item (PHQ-2) [Reported]' },
  total: { code: '55758-7', display: 'Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]' },
  lead: lastTwoWeeks,
  items: phq9Items.slice(0, 2),
  unscored: [],
  bands: [
    { from: 0, to: 2, system: `${BASE}/CodeSystem/instrument-band`, code: 'negative', display: 'Negative screening' },
    { from: 3, to: 6, system: `${BASE}/CodeSystem/instrument-band`, code: 'positive', display: 'Positive screening' },
  ],
  stepUp: { from: 3, to: phq9.canonicals[0] ?? '' },
  copyright: pfizer,
  description: 'Two questions that tell who needs the whole PHQ-9: everyone with a total of 3 or more.',
};
