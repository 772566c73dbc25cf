/** Responses to the intake, as a navigator would write them down. */
import { domains } from '../../resources/social-need/domain.ts';
import type { QuestionnaireResponse, QuestionnaireResponseItem } from '../../resources/types.ts';

export type Help = 'wants-help' | 'has-help' | 'declines-help';
/** What is answered about a need: that it is not there, or whether help is wanted. */
export type Need = false | Help;

export interface Told {
  /** By the end of the linkId: food, housing. Those that have to be answered are not there unless said otherwise. */
  readonly needs?: Readonly<Record<string, Need>>;
  readonly contact?: Readonly<Record<string, object>>;
  readonly team?: boolean;
  readonly partners?: boolean;
  readonly limits?: string;
  readonly harm?: boolean;
  readonly home?: boolean;
  readonly hospital?: number;
}

const INTAKE = 'https://throughline.dev/fhir/CodeSystem/intake';
const required = ['food', 'housing', 'transport', 'utilities', 'company'];

export const way = (code: string, display: string) => ({ valueCoding: { system: INTAKE, code, display } });

const item = (linkId: string, answer: object): QuestionnaireResponseItem => ({ linkId, answer: [answer] });

function needItems(needs: Readonly<Record<string, Need>>): QuestionnaireResponseItem[] {
  const names = domains.map(({ linkId }) => linkId.slice('needs.'.length));
  return names
    .filter((name) => required.includes(name) || name in needs)
    .flatMap((name) => {
      const need = needs[name] ?? false;
      const help = { valueCoding: { system: INTAKE, code: need } };
      return [
        item(`needs.${name}`, { valueBoolean: need !== false }),
        ...(need === false ? [] : [item(`needs.${name}.help`, help)]),
      ];
    });
}

export function intake(
  id: string,
  person: string,
  told: Told = {},
  more: Partial<QuestionnaireResponse> = {},
): QuestionnaireResponse & { readonly id: string } {
  const { contact = {}, needs = {}, team = true, partners = true, limits, harm = false, home = true, hospital } = told;
  const contacts: Readonly<Record<string, object>> = {
    name: { valueString: 'Rosa' },
    way: way('phone', 'By phone'),
    ...contact,
  };
  const order = ['name', 'pronouns', 'language', 'interpreter', 'way', 'when', 'phone', 'email', 'support'];
  order.push('support.phone', 'support.relation');
  return {
    resourceType: 'QuestionnaireResponse',
    questionnaire: 'https://throughline.dev/fhir/Questionnaire/intake',
    status: 'completed',
    subject: { reference: `Patient/${person}` },
    author: { reference: 'Practitioner/ana' },
    authored: '2026-03-02T10:15:00Z',
    ...more,
    id,
    item: [
      {
        linkId: 'contact',
        item: order.flatMap((name) => (contacts[name] ? item(`contact.${name}`, contacts[name]) : [])),
      },
      { linkId: 'needs', item: needItems(needs) },
      {
        linkId: 'consent',
        item: [
          item('consent.team', { valueBoolean: team }),
          item('consent.partners', { valueBoolean: partners }),
          ...(limits ? [item('consent.limits', { valueString: limits })] : []),
        ],
      },
      {
        linkId: 'risk',
        item: [
          item('risk.harm', { valueBoolean: harm }),
          item('risk.home', { valueBoolean: home }),
          ...(hospital === undefined ? [] : [item('risk.hospital', { valueInteger: hospital })]),
        ],
      },
    ],
  };
}
