/**
 * The PHQ-9: nine items of 0 to 3 points, and a question on difficulty that is not counted. https://loinc.org/44249-1
 * Answers LL358-3, difficulty LL359-1, severity LL382-3.
 */
import { BASE } from '../publication.ts';
import { frequencyOptions, lastTwoWeeks, pfizer } from './frequency.ts';
import type { Instrument, InstrumentItem } from './instrument.ts';

const item = (
  code: string,
  display: string,
  en: string,
  es: string,
  ...phrases: readonly string[]
): InstrumentItem => ({ code, display, text: { en, es }, options: frequencyOptions, phrases });

export const phq9Items: readonly InstrumentItem[] = [
  item(
    '44250-9',
    'Little interest or pleasure in doing things',
    'Little interest or pleasure in doing things',
    'Poco interés o placer en hacer cosas',
    'little interest',
    'poco interés',
  ),
  item(
    '44255-8',
    'Feeling down, depressed, or hopeless',
    'Feeling down, depressed, or hopeless',
    'Se ha sentido decaído(a), deprimido(a) o sin esperanzas',
    'down depressed',
    'deprimido',
  ),
  item(
    '44259-0',
    'Trouble falling or staying asleep, or sleeping too much',
    'Trouble falling or staying asleep, or sleeping too much',
    'Ha tenido dificultad para quedarse o permanecer dormido(a), o ha dormido demasiado',
    'asleep',
    'sleeping too much',
    'dormido demasiado',
  ),
  item(
    '44254-1',
    'Feeling tired or having little energy',
    'Feeling tired or having little energy',
    'Se ha sentido cansado(a) o con poca energía',
    'feeling tired',
    'little energy',
    'poca energía',
  ),
  item(
    '44251-7',
    'Poor appetite or overeating',
    'Poor appetite or overeating',
    'Sin apetito o ha comido en exceso',
    'appetite',
    'apetito',
  ),
  item(
    '44258-2',
    'Feeling bad about yourself-or that you are a failure or have let yourself or your family down',
    'Feeling bad about yourself - or that you are a failure or have let yourself or your family down',
    'Se ha sentido mal con usted mismo(a) – o que es un fracaso o que ha quedado mal con usted mismo(a) o con su familia',
    'bad about yourself',
    'failure',
    'fracaso',
  ),
  item(
    '44252-5',
    'Trouble concentrating on things, such as reading the newspaper or watching television',
    'Trouble concentrating on things, such as reading the newspaper or watching television',
    'Ha tenido dificultad para concentrarse en ciertas actividades, tales como leer el periódico o ver la televisión',
    'concentrating',
    'concentrarse',
  ),
  item(
    '44253-3',
    'Moving or speaking so slowly that other people could have noticed. Or the opposite-being so fidgety or restless that you have been moving around a lot more than usual',
    'Moving or speaking so slowly that other people could have noticed? Or the opposite - being so fidgety or restless that you have been moving around a lot more than usual',
    '¿Se ha movido o hablado tan lento que otras personas podrían haberlo notado? o lo contrario – muy inquieto(a) o agitado(a) que ha estado moviéndose mucho más de lo normal',
    'speaking so slowly',
    'fidgety',
    'tan lento',
  ),
  item(
    '44260-8',
    'Thoughts that you would be better off dead, or of hurting yourself in some way',
    'Thoughts that you would be better off dead or of hurting yourself in some way',
    'Pensamientos de que estaría mejor muerto(a) o de lastimarse de alguna manera',
    'better off dead',
    'hurting yourself',
    'muerto',
    'lastimarse',
  ),
];

const difficulty: InstrumentItem = {
  code: '69722-7',
  display:
    'How difficult have these problems made it for you to do your work, take care of things at home, or get along with other people',
  text: {
    en: 'If you checked off any problems, how difficult have these problems made it for you to do your work, take care of things at home, or get along with other people?',
    es: 'Si marcó cualquiera de los problemas, ¿qué tanta dificultad le han dado estos problemas para hacer su trabajo, encargarse de las tareas del hogar, o llevarse bien con otras personas?',
  },
  options: [
    {
      code: 'LA6572-7',
      display: 'Not difficult at all',
      text: { en: 'Not difficult at all', es: 'No ha sido difícil' },
    },
    { code: 'LA6573-5', display: 'Somewhat difficult', text: { en: 'Somewhat difficult', es: 'Un poco difícil' } },
    { code: 'LA6575-0', display: 'Very difficult', text: { en: 'Very difficult', es: 'Muy difícil' } },
    {
      code: 'LA6574-3',
      display: 'Extremely difficult',
      text: { en: 'Extremely difficult', es: 'Extremadamente difícil' },
    },
  ],
  phrases: ['how difficult', 'tanta dificultad'],
  help: { en: 'Asked when any problem was checked. It is not part of the total.' },
};

export const phq9: Instrument = {
  name: 'phq-9',
  title: 'Patient Health Questionnaire (PHQ-9)',
  canonicals: [
    'http://loinc.org/q/44249-1',
    `${BASE}/Questionnaire/phq-9`,
    'http://hl7.org/fhir/uv/sdc/Questionnaire/questionnaire-sdc-profile-example-PHQ9',
  ],
  version: '1.0.0',
  panel: { code: '44249-1', display: 'PHQ-9 quick depression assessment panel [Reported.PHQ]' },
  total: { code: '44261-6', display: 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]' },
  lead: lastTwoWeeks,
  items: phq9Items,
  unscored: [difficulty],
  bands: [
    { from: 0, to: 4, code: 'LA6708-7', display: 'None/minimal' },
    { from: 5, to: 9, code: 'LA6709-5', display: 'Mild' },
    { from: 10, to: 14, code: 'LA6710-3', display: 'Moderate' },
    { from: 15, to: 19, code: 'LA6711-1', display: 'Moderately severe' },
    { from: 20, to: 27, code: 'LA6712-9', display: 'Severe' },
  ],
  safety: { item: '44260-8', from: 1 },
  copyright: pfizer,
  description:
    'Nine questions about the last two weeks; the total of 0 to 27 tells how severe a depression is. The ninth question asks about self-harm: any answer above "Not at all" needs a conversation the same day, whatever the total.',
};
