/** What the parts of a sync share. */
import { createHash } from 'node:crypto';
import { mappings } from '../../mappings/index.ts';
import type { Store } from '../store/store.ts';
import type { Transact } from '../transaction/writing.ts';
import type { Binding } from './binding.ts';
import type { Lens } from './lens.ts';
import type { Practice } from './practice.ts';
import type { Report } from './report.ts';
import type { Entry } from './state.ts';

/** The FHIR side: the store, and how it is written. */
export interface FhirSide {
  readonly store: Pick<Store, 'query' | 'settled' | 'read'>;
  readonly transact: Transact;
}

export interface Sync {
  readonly binding: Binding;
  readonly lenses: readonly Lens[];
  readonly practice: Practice;
  readonly fhir: FhirSide;
  readonly report: Report;
  /** Everything is done but kept: each transaction is taken back, no row is written. */
  readonly dryRun: boolean;
  /** Ends the sync after what is under way. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; for tests, the default is the clock of the machine. */
  readonly now?: () => number;
  /** Up to where the resources of a table were looked at by this process. */
  readonly places: Map<string, { readonly tx: number; readonly rid: number }>;
  /** Called with the number of rows that are done since the last call. */
  readonly advance: (rows: number) => void;
}

/** The sync ends because a value is bad and its column says `stop`. */
export class StoppedByValue extends Error {}

/** Thrown through a transaction to take it back. */
export class TakenBack<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('taken back');
    this.result = result;
  }
}

/** Runs `work`; of a dry run nothing remains. */
export async function kept<T>(sync: Sync, work: Parameters<typeof sync.fhir.transact<T>>[0]): Promise<T> {
  if (!sync.dryRun) return sync.fhir.transact(work);
  try {
    return await sync.fhir.transact<T>(async (writing) => {
      throw new TakenBack(await work(writing));
    });
  } catch (error) {
    // What is taken back is what this very call has thrown.
    if (error instanceof TakenBack) return error.result as T;
    throw error;
  }
}

export const entryOf = ({ binding }: Sync, lens: Lens): Entry => ({ binding: binding.binding, entry: lens.name });

const specs = new WeakMap<Lens, string>();

/** The hash of what a table is bound by, and of the model it is bound to. */
export function specOf(binding: Binding, lens: Lens): string {
  const known = specs.get(lens);
  if (known !== undefined) return known;
  const schema = mappings.find(({ name }) => name === lens.mapping.name)?.schema;
  const { direction: _, conflict: __, onBad: ___, ...table } = lens.table;
  const made = createHash('sha256')
    .update(JSON.stringify([binding.timeZone, table, schema]))
    .digest('hex')
    .slice(0, 12);
  specs.set(lens, made);
  return made;
}
