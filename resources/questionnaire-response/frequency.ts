/** The four answers of the PHQ-9, PHQ-2 and GAD-7: LOINC answer list LL358-3. https://loinc.org/LL358-3 */
import type { AnswerOption } from './instrument.ts';

export const frequencyOptions: readonly AnswerOption[] = [
  { code: 'LA6568-5', display: 'Not at all', text: { en: 'Not at all', es: 'Ningún día' }, weight: 0 },
  { code: 'LA6569-3', display: 'Several days', text: { en: 'Several days', es: 'Varios días' }, weight: 1 },
  {
    code: 'LA6570-1',
    display: 'More than half the days',
    text: { en: 'More than half the days', es: 'Más de la mitad de los días' },
    weight: 2,
  },
  {
    code: 'LA6571-9',
    display: 'Nearly every day',
    text: { en: 'Nearly every day', es: 'Casi todos los días' },
    weight: 3,
  },
];

export const lastTwoWeeks = {
  en: 'Over the last 2 weeks, how often have you been bothered by any of the following problems?',
  es: 'Durante las últimas 2 semanas, ¿qué tan seguido ha tenido molestias debido a los siguientes problemas?',
} as const;

export const pfizer =
  'Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an educational grant from Pfizer Inc. No permission required to reproduce, translate, display or distribute.';
