/**
 * An intake that counts fills the record of the client, states the consent and assesses the risk; the needs have a rule of their own. When it is taken
 * back, what it states is entered in error, and a person looks at what it has filled in. https://hl7.org/fhir/R4/questionnaireresponse.html
 */
import { issue } from '../outcome.ts';
import { patientOf, storedPatient } from '../patient-reference.ts';
import { BASE } from '../publication.ts';
import type { Derived, Facts, Reacting, Reaction } from '../reaction.ts';
import { clientTasks, dueIn, newTask, tasksAbout } from '../task/care-task.ts';
import type { Patient } from '../types.ts';
import { CONSENT_TO_SHARE, consents, sharingIn, sharingParts, withoutConsent } from './consent.ts';
import { type Answers, dayOf, intakeIn, isLatest, responsesToIntake } from './intake.ts';
import { filled, withExtension } from './patient.ts';
import { isHigher, type RiskThresholds, riskAssessment, riskIn, withoutRisk } from './risk.ts';

export interface IntakeSettings extends RiskThresholds {
  /** So soon what an intake has filled in is looked at, when it is taken back. */
  readonly dueDays: number;
}

export const intake = (settings: IntakeSettings): Reaction => ({
  name: 'intake',
  on: responsesToIntake,
  concerns: ({ before, after }) => intakeIn(before) !== undefined || intakeIn(after) !== undefined,
  async derive(change, facts) {
    const { before, after } = change;
    const patient = patientOf(after ?? before);
    if (!patient) return [];
    const answers = intakeIn(after);
    if (!answers) return takenBack(change, patient, settings, facts);
    const latest = await isLatest(answers, facts);
    const risk = riskIn(answers, settings);
    return [
      ...(latest ? await fill(change, answers, patient, settings, facts) : []),
      ...(await consents(answers, patient, latest, facts)),
      ...(risk ? [riskAssessment(risk, answers, patient)] : await withoutRisk(change.id, facts)),
    ];
  },
});

const TIER = `${BASE}/StructureDefinition/client-risk-tier`;

/** The record of the client with the answers of the latest intake. */
async function fill(
  change: Reacting,
  answers: Answers,
  patient: string,
  settings: IntakeSettings,
  facts: Facts,
): Promise<readonly Derived[]> {
  const stored = await storedPatient(patient, facts);
  if (!stored) return [notStored(patient)];
  const withAnswers = filled(stored, answers, intakeIn(change.before));
  const client = withRisk(withSharing(withAnswers, answers, change), answers, settings);
  return client === stored ? [] : [{ kind: 'put', resource: { ...client, id: stored.id } }];
}

const notStored = (patient: string): Derived => ({
  kind: 'issue',
  issue: issue('business-rule', `${patient} is not stored here: the intake fills in nobody's record`, {
    severity: 'warning',
    expression: 'QuestionnaireResponse.subject',
    rule: 'intake',
  }),
});

/** With the decision about sharing, unless a later one is known. */
function withSharing(patient: Patient, answers: Answers, change: Reacting): Patient {
  const sharing = sharingIn(answers);
  if (!sharing) return patient;
  const known = patient.extension?.find(({ url }) => url === CONSENT_TO_SHARE);
  const day = known?.extension?.find(({ url }) => url === 'date')?.valueDate ?? '';
  if (day > dayOf(answers, change.instant)) return patient;
  return withExtension(patient, { url: CONSENT_TO_SHARE, extension: sharingParts(answers, sharing, change) });
}

/** With the tier of the intake, where none or a lower one is set: a rule lowers nobody. */
function withRisk(patient: Patient, answers: Answers, settings: IntakeSettings): Patient {
  const risk = riskIn(answers, settings);
  const set = patient.extension?.find(({ url }) => url === TIER)?.valueCode;
  return risk && isHigher(risk.tier, set) ? withExtension(patient, { url: TIER, valueCode: risk.tier }) : patient;
}

async function takenBack(
  change: Reacting,
  patient: string,
  { dueDays }: IntakeSettings,
  facts: Facts,
): Promise<readonly Derived[]> {
  const focus = `QuestionnaireResponse/${change.id}`;
  const { answers: look } = clientTasks;
  const text = 'The intake was taken back, and what it filled into the record of the client is still there';
  const asked = (await tasksAbout(focus, [look], facts)).some(({ reasonCode }) => reasonCode?.text === text);
  const task = await newTask(look, patient, change, facts, {
    priority: 'asap',
    description: `${text}: name, contact, language, sharing and risk. Compare with the version before (history of ${patient}).`,
    focus: { reference: focus },
    reasonCode: { text },
    ...dueIn(change.instant, dueDays),
  });
  return [
    ...(await withoutConsent(change.id, facts)),
    ...(await withoutRisk(change.id, facts)),
    ...(asked ? [] : [task]),
  ];
}
