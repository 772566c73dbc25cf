/** An answer against the value set of its question, which may be contained in the Questionnaire. */
import type { JsonObject, ValueSet } from '../../resources/types.ts';
import { asObject } from '../assertion.ts';
import { containedIn } from '../contained.ts';
import type { Membership } from '../terminology.ts';
import { valueSetTest } from '../value-set.ts';
import { type Scope, shown, type Walk } from '../walk.ts';
import type { Value } from './item.ts';

export function checkValueSet(
  value: Value,
  canonical: string,
  question: JsonObject,
  questionnaire: JsonObject,
  path: string,
  _scope: Scope,
  walk: Walk,
): void {
  const coding = asObject(value.value);
  const code = coding ? coding.code : value.value;
  if (typeof code !== 'string') return;
  const system = typeof coding?.system === 'string' ? coding.system : undefined;
  const answer = membership(canonical, system, code, questionnaire, walk);
  const found = system === undefined ? shown(code) : `${system}|${code}`;
  if (answer.kind === 'unknown')
    walk.report(
      'information',
      'not-supported',
      'answer-unchecked',
      path,
      `${found} is not checked against the value set ${canonical} of the question: ${answer.reason}`,
    );
  else if (answer.kind === 'no')
    walk.report(
      question.type === 'open-choice' ? 'warning' : 'error',
      'code-invalid',
      'answer-option',
      path,
      `${found} is not in the value set ${canonical} of the question`,
    );
}

function membership(
  canonical: string,
  system: string | undefined,
  code: string,
  questionnaire: JsonObject,
  walk: Walk,
): Membership {
  if (!canonical.startsWith('#')) return walk.terminology.contains(canonical, system, code);
  const contained = containedIn(questionnaire).find(
    ({ id, resourceType }) => resourceType === 'ValueSet' && `#${String(id)}` === canonical,
  );
  if (!contained) return { kind: 'unknown', reason: `the Questionnaire contains no value set ${canonical}` };
  return valueSetTest(contained as unknown as ValueSet, walk.source, walk.terminology)(system, code);
}
