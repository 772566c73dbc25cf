/** The search types by name. A value knows its own: `searchTypes[value.type]` is the type that made it. */
import type { SearchParameterType } from '../search-parameter.ts';
import { composite } from './composite.ts';
import { date } from './date.ts';
import { number } from './number.ts';
import { quantity } from './quantity.ts';
import { reference } from './reference.ts';
import type { SearchType, SearchValue } from './search-type.ts';
import { special } from './special.ts';
import { string } from './string.ts';
import { token } from './token.ts';
import { uri } from './uri.ts';

/**
 * The entries take the values that they made: a value is passed to `searchTypes[value.type]`, whose `parse` is the only source of values
 * with that `type`, so that their common type is safe to forget.
 */
export const searchTypes = {
  number,
  date,
  string,
  token,
  reference,
  composite,
  quantity,
  uri,
  special,
} as unknown as Readonly<Record<SearchParameterType, SearchType<SearchValue>>>;
