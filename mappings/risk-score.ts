/** RiskScore <-> RiskAssessment. https://hl7.org/fhir/R4/riskassessment.html */
import { type Codec, dateTime, decimal, party, reference, text } from './codec.ts';
import { choice, element } from './element.ts';
import { mapping } from './mapping.ts';
import type { RiskScore } from './model.ts';
import { notes } from './parts.ts';
import { list, record, required, rule } from './rule.ts';
import { anyConcept, coded, concept } from './table.ts';
import { likelihood, scoreStatus } from './words.ts';

type Prediction = NonNullable<RiskScore['predictions']>[number];

const percent: Codec<number> = { ...decimal, schema: { type: 'number', minimum: 0, maximum: 100 } };

const prediction = record<Prediction>({
  outcome: rule(element('outcome'), anyConcept, 'What may happen.'),
  probability: rule(choice('probability', 'Decimal'), percent, 'How likely, in percent: 0 to 100.'),
  likelihood: rule(element('qualitativeRisk'), concept(likelihood), 'How likely, in words.'),
  rationale: rule(element('rationale'), text, 'Why.'),
});

export const riskScore = mapping<RiskScore>({
  name: 'RiskScore',
  title: 'Risk score',
  doc: 'How likely something is to happen to a client, by some method.',
  plural: 'risk-scores',
  type: 'RiskAssessment',
  rules: {
    clientId: required(element('subject'), reference('Patient'), 'Whose risk it is.'),
    status: required(element('status'), coded(scoreStatus), 'Whether it is final.'),
    method: rule(element('method'), anyConcept, 'How it was worked out.'),
    assessedAt: rule(choice('occurrence', 'DateTime'), dateTime, 'When.'),
    assessedBy: rule(
      element('performer'),
      party({ practitioner: 'Practitioner', role: 'PractitionerRole' }),
      'By whom.',
    ),
    predictions: rule(
      element('prediction'),
      list(prediction, { key: ({ outcome }) => outcome }),
      'What may happen, and how likely it is.',
    ),
    mitigation: rule(element('mitigation'), text, 'What can be done about it.'),
    notes: notes(),
  },
});
