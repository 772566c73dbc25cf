/** Every scenario, in the order of the report. */
import type { Scenario } from '../scenario.ts';
import { careContext } from './care-context.ts';
import { history } from './history.ts';
import { mapping } from './mapping.ts';
import { mixed } from './mixed.ts';
import { phq9 } from './phq9.ts';
import { read } from './read.ts';
import { search } from './search.ts';
import { start } from './start.ts';
import { sync } from './sync.ts';
import { transaction } from './transaction.ts';
import { validation } from './validation.ts';
import { write } from './write.ts';

export const scenarios: readonly Scenario[] = [
  start,
  read,
  transaction,
  phq9,
  write,
  history,
  search,
  careContext,
  validation,
  mapping,
  mixed,
  sync,
];
