/** How what a response says against its Questionnaire is told: as an error, or as the caller would have it. */
import type { IssueCode } from '../../resources/outcome.ts';
import type { Walk } from '../walk.ts';

export type Report = (code: IssueCode, rule: string, path: string, diagnostics: string) => void;

/** On writes a departure from the form is told and not refused: the answers are worth more than the form. */
export const reportTo =
  (walk: Walk): Report =>
  (code, rule, path, diagnostics) =>
    walk.report(walk.options.answers ?? 'error', code, rule, path, diagnostics);
