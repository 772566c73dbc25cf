/** What an expression of a form gives while it is populated, in whichever language it is: results of FHIRPath, or the matches of a search. */
import { FHIRPATH, QUERY } from '../../../../profiles/questionnaire/expression.ts';
import type { FormExpressions, Frame } from '../../../../profiles/questionnaire/form-expressions.ts';
import { type TypedValue, typedValues } from '../../../../resources/fhirpath.ts';
import type { AnyResource, Expression } from '../../../../resources/types.ts';
import { matchesIn } from '../../x-fhir-query/found.ts';
import { type FormWork, reasonOf } from '../form-work.ts';
import type { PopulateTask } from '../message.ts';
import { searched } from './searched.ts';

export interface Populating {
  readonly task: PopulateTask;
  readonly work: FormWork;
  readonly expressions: FormExpressions;
}

/**
 * Nodes of fhirpath.js, or resources; nothing, and told, where the expression cannot be evaluated.
 * @param what stays empty then, as the beginning of a sentence
 */
export async function rowsOf(
  { language, expression = '' }: Expression,
  frame: Frame,
  path: string,
  what: string,
  { task, work, expressions }: Populating,
): Promise<readonly unknown[]> {
  if (language === QUERY) {
    const found = task.isLocal ? await searched(expression, path, what, expressions, frame, work) : undefined;
    return found ? matchesIn(found) : [];
  }
  if (language !== FHIRPATH) {
    work.tell(
      'not-supported',
      path,
      `${what} is not populated: its language ${language} is not known here (${expression})`,
    );
    return [];
  }
  try {
    return expressions.nodes(expression, frame);
  } catch (cause) {
    work.tell('processing', path, `${what} is not populated: ${reasonOf(cause)} (${expression})`);
    return [];
  }
}

/** The same as values with their types. */
export const valuesOf = (rows: readonly unknown[]): readonly TypedValue[] =>
  rows.flatMap((row) => (isResource(row) ? [{ value: row, type: row.resourceType }] : typedValues([row])));

const isResource = (row: unknown): row is AnyResource =>
  typeof row === 'object' && row !== null && 'resourceType' in row;
