/** An import from beginning to end: sources read, batches carried out, what came of them written down in order. */
import { inOrder } from '../in-order.ts';
import { TargetError } from '../insist.ts';
import type { Target } from '../target.ts';
import { type Batch, batchesOf } from './batch.ts';
import { carryOut, type Failure } from './carry-out.ts';
import type { FailureFile } from './failure-file.ts';
import type { Journal } from './journal.ts';
import { unitsOfSources } from './source-units.ts';
import type { Source } from './sources.ts';

export interface LoadOptions {
  readonly target: Target;
  readonly journal: Journal;
  readonly failureFile: FailureFile;
  /** Resources in a transaction. */
  readonly batch: number;
  /** Transactions under way at once. */
  readonly concurrency: number;
  readonly storeBundles: boolean;
  readonly input: AsyncIterable<Buffer>;
  readonly signal: AbortSignal;
  /** Called with what is done so far; `bytes` of the files. */
  readonly report: (totals: Totals) => void;
}

export interface Totals {
  readonly bytes: number;
  readonly written: number;
  readonly failed: number;
}

/** So many failures in a row with a status of 5xx say that the target is broken, not the resources. */
const MAXIMUM_BREAKDOWNS = 20;

const shareKey = (one: Batch, other: Batch): boolean => {
  for (const key of one.keys) if (other.keys.has(key)) return true;
  return false;
};

/** Counts failures in a row that are the target's. @throws TargetError after too many */
function breakdownGuard(): (written: number, failures: readonly Failure[]) => void {
  let breakdowns = 0;
  return (written, failures) => {
    if (written > 0) breakdowns = 0;
    for (const { status, issues } of failures) {
      breakdowns = status >= 500 ? breakdowns + 1 : 0;
      if (breakdowns >= MAXIMUM_BREAKDOWNS)
        throw new TargetError(
          `${breakdowns} resources in a row failed with ${status}: ${issues[0]?.diagnostics ?? ''}`,
        );
    }
  };
}

/** @throws TargetError when the target stays away; what was settled before is in the journal */
export async function load(sources: readonly Source[], options: LoadOptions): Promise<Totals> {
  const { target, journal, failureFile, signal, report } = options;
  let totals: Totals = { bytes: 0, written: 0, failed: 0 };
  const guard = breakdownGuard();
  const units = unitsOfSources(sources, {
    input: options.input,
    storeBundles: options.storeBundles,
    begun: (source) => journal.begun(source),
    count: (bytes) => {
      totals = { ...totals, bytes: totals.bytes + bytes };
    },
  });
  const settlements = inOrder(batchesOf(units, options.batch), (batch) => carryOut(batch, target), {
    concurrency: options.concurrency,
    conflict: shareKey,
    signal,
  });
  for await (const [{ source, units: carriedOut, last }, { written, failures }] of settlements) {
    guard(written, failures);
    failureFile.add(source, failures);
    journal.settled(source, carriedOut.at(-1)?.place, last);
    totals = { ...totals, written: totals.written + written, failed: totals.failed + failures.length };
    report(totals);
  }
  return totals;
}
