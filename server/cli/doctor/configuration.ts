/** Is every environment variable that is set one that the server can read? */
import type { Option } from 'commander';
import { type Config, refusal, serveOptions } from '../../config.ts';
import { sentenceOf } from '../sentence.ts';
import { type Finding, fail, ok } from './finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Of a variable that may hold a password, the value is never shown. */
const SECRET = new Set(['DATABASE_URL']);

type Reading = { readonly value: unknown } | { readonly problem: Finding };

function readingOf(option: Option, text: string): Reading {
  const name = option.envVar ?? option.flags;
  const shown = SECRET.has(name) ? `${name} is not valid` : `${name} is "${text}"`;
  const problem = (reason: string): Reading => ({
    problem: fail('configuration', `${shown}: ${reason}`, `set ${name} to such a value or unset it`),
  });
  if (option.argChoices && !option.argChoices.includes(text))
    return problem(`It must be one of ${option.argChoices.join(', ')}.`);
  try {
    return { value: option.parseArg ? option.parseArg(text, undefined) : text };
  } catch (error) {
    return problem(sentenceOf(error));
  }
}

/** `database` as given to the doctor stands for DATABASE_URL. */
export function configurationFindings(environment: Environment, database: string | undefined): readonly Finding[] {
  const values: Record<string, unknown> = {};
  const findings: Finding[] = [];
  const set: string[] = [];
  for (const option of serveOptions) {
    const name = option.attributeName();
    const text = name === 'database' ? (database ?? environment.DATABASE_URL) : environment[option.envVar ?? ''];
    values[name] = option.defaultValue;
    if (text === undefined) continue;
    const reading = readingOf(option, text);
    if ('problem' in reading) findings.push(reading.problem);
    else {
      values[name] = reading.value;
      set.push(name === 'database' && database !== undefined ? '--database' : (option.envVar ?? name));
    }
  }
  const reason = findings.length === 0 ? refusal(values as unknown as Config) : undefined;
  if (reason) findings.push(fail('configuration', reason, 'change it, or the server will not start'));
  if (findings.length > 0) return findings;
  const defaults = serveOptions.length - set.length;
  const named = set.length > 0 ? `${set.join(', ')} set` : 'nothing set';
  return [ok('configuration', `${named}, ${defaults} settings at their default`, { set })];
}
