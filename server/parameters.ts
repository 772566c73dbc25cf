/** The search parameters in force, with the numbers and the state that the database keeps for them. */
import { createHash } from 'node:crypto';
import { type SearchParameterTable, searchParameterTables } from '../resources/definition.ts';
import { type CompiledParameters, compileParameters } from './search/compile-parameters.ts';
import { parameterKey, registerParameters } from './store/parameters.ts';
import type { Store } from './store/store.ts';

/** Raised when the rows of parameters change though their expressions do not: everything is indexed again then. */
const GENERATION = 1;

const hashOf = ({ type, expression, component }: SearchParameterTable): string =>
  createHash('sha256')
    .update(JSON.stringify([GENERATION, type, expression, component]))
    .digest('base64url')
    .slice(0, 16);

/** Registers what is declared and compiles it. A parameter that is new to a database with resources is `filling`. */
export async function openParameters(store: Store): Promise<CompiledParameters> {
  const tables = searchParameterTables();
  const hashes = new Map(tables.map((table) => [table.url, hashOf(table)]));
  const declared: Parameters<typeof registerParameters>[1][number][] = [];
  compileParameters(tables, (type, code, url) => {
    declared.push({ type, code, url, hash: hashes.get(url) ?? '' });
    return { number: 0, status: 'active' };
  });
  const stored = await registerParameters(store, declared);
  return compileParameters(tables, (type, code) => {
    const record = stored.get(parameterKey({ type, code }));
    if (!record) throw new Error(`the search parameter ${type}.${code} was not registered`);
    return record;
  });
}
