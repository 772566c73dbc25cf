/**
 * The Hunger Vital Sign: two statements about food; "often" or "sometimes true" to either is a risk. https://loinc.org/88121-9
 * Its result is the code 88124-3 with the answers "At risk" and "No risk"; the total counts the statements that hold.
 */
import { BASE } from '../publication.ts';
import type { AnswerOption, Instrument, InstrumentItem } from './instrument.ts';

const options: readonly AnswerOption[] = [
  { code: 'LA28397-0', display: 'Often true', text: { en: 'Often true' }, weight: 1 },
  { code: 'LA6729-3', display: 'Sometimes true', text: { en: 'Sometimes true' }, weight: 1 },
  { code: 'LA28398-8', display: 'Never true', text: { en: 'Never true' }, weight: 0 },
  { code: 'LA15775-2', display: "Don't know/refused", text: { en: "Don't know/refused" } },
];

const item = (code: string, en: string, ...phrases: readonly string[]): InstrumentItem => ({
  code,
  display: `${en} [U.S. FSS]`,
  text: { en },
  options,
  phrases,
});

export const hungerVitalSign: Instrument = {
  name: 'hunger-vital-sign',
  title: 'Hunger Vital Sign',
  canonicals: ['http://loinc.org/q/88121-9', `${BASE}/Questionnaire/hunger-vital-sign`],
  version: '1.0.0',
  panel: { code: '88121-9', display: 'Hunger Vital Sign [HVS]' },
  total: { code: '88124-3', display: 'Food insecurity risk [HVS]' },
  lead: { en: 'Please say how true each statement was for your household.' },
  items: [
    item(
      '88122-7',
      'Within the past 12 months we worried whether our food would run out before we got money to buy more',
      'run out',
    ),
    item(
      '88123-5',
      "Within the past 12 months the food we bought just didn't last and we didn't have money to get more",
      "didn't last",
    ),
  ],
  unscored: [],
  bands: [
    { from: 0, to: 0, code: 'LA19983-8', display: 'No risk' },
    { from: 1, to: 2, code: 'LA19952-3', display: 'At risk' },
  ],
  toldAs: 'band',
  positive: { from: 1 },
  copyright:
    'Hunger Vital Sign: Hager, E. R., Quigg, A. M., Black, M. M., et al. (2010). Development and validity of a 2-item screen to identify families at risk for food insecurity. Pediatrics, 126(1), 26-32.',
  description: 'Two statements that tell whether a household is at risk of not having enough to eat.',
};
