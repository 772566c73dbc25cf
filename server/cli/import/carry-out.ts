/** One batch against the target: together first, and when that fails one by one, so that one bad resource stops no other. */
import { FhirError, type Issue, type IssueCode, issue } from '../../../resources/outcome.ts';
import type { AnyResource, Bundle, BundleEntry, FhirResource, OperationOutcome } from '../../../resources/types.ts';
import { TargetError } from '../insist.ts';
import { sentenceOf } from '../sentence.ts';
import type { Target } from '../target.ts';
import type { Batch } from './batch.ts';
import type { Place, Unit } from './unit.ts';

/** One resource, or one Bundle, that was not written. */
export interface Failure {
  readonly place: Place;
  readonly type?: string;
  readonly id?: string;
  readonly status: number;
  readonly issues: readonly Issue[];
}

export interface Settlement {
  readonly written: number;
  readonly failures: readonly Failure[];
}

const statusOf = (error: unknown): number => (error instanceof FhirError ? error.status : 500);
const issuesOf = (error: unknown): readonly Issue[] =>
  error instanceof FhirError ? error.issues : [issue('exception', sentenceOf(error))];

function nameOf(unit: Unit): { type?: string; id?: string } {
  if (unit.kind === 'unreadable') return {};
  const { resourceType: type, id } = unit.kind === 'resource' ? unit.resource : (unit.bundle as unknown as AnyResource);
  return { type, ...(id === undefined ? {} : { id }) };
}

const failureOf = (unit: Unit, error: unknown): Failure => ({
  place: unit.place,
  ...nameOf(unit),
  status: statusOf(error),
  issues: issuesOf(error),
});

type ResourceUnit = Extract<Unit, { kind: 'resource' }>;

function transactionOf(units: readonly ResourceUnit[]): Bundle {
  const entry = units.map(({ resource, fullUrl }): BundleEntry => {
    const { resourceType, id } = resource;
    const request =
      id === undefined
        ? ({ method: 'POST', url: resourceType } as const)
        : ({ method: 'PUT', url: `${resourceType}/${id}` } as const);
    return { ...(fullUrl ? { fullUrl } : {}), resource: resource as unknown as FhirResource, request };
  });
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

async function together(units: readonly ResourceUnit[], target: Target): Promise<Settlement> {
  const linked = units.some(({ fullUrl }) => fullUrl?.startsWith('urn:'));
  if (units.length === 1 && !linked) return oneByOne(units, target);
  try {
    await target.execute(transactionOf(units));
    return { written: units.length, failures: [] };
  } catch (error) {
    if (error instanceof TargetError) throw error;
    // Alone, a resource that refers to another by urn: would point nowhere.
    if (linked) return { written: 0, failures: units.map((unit) => failureOf(unit, error)) };
    return oneByOne(units, target);
  }
}

async function oneByOne(units: readonly ResourceUnit[], target: Target): Promise<Settlement> {
  const failures: Failure[] = [];
  for (const unit of units) {
    try {
      await target.write(unit.resource);
    } catch (error) {
      if (error instanceof TargetError) throw error;
      failures.push(failureOf(unit, error));
    }
  }
  return { written: units.length - failures.length, failures };
}

/** A batch or transaction as it is. Of a batch each entry may fail alone. */
async function asItIs(unit: Extract<Unit, { kind: 'bundle' }>, target: Target): Promise<Settlement> {
  const entries = unit.bundle.entry ?? [];
  try {
    const response = await target.execute(unit.bundle);
    const failures = (response.entry ?? []).flatMap((entry, index) => entryFailure(unit, entries[index], entry, index));
    return { written: entries.length - failures.length, failures };
  } catch (error) {
    if (error instanceof TargetError) throw error;
    return { written: 0, failures: [failureOf(unit, error)] };
  }
}

function entryFailure(
  { place }: Unit,
  sent: BundleEntry | undefined,
  { response }: BundleEntry,
  index: number,
): readonly Failure[] {
  const status = Number.parseInt(response?.status ?? '', 10);
  if (!(status >= 400)) return [];
  const outcome = response?.outcome as OperationOutcome | undefined;
  const issues = (outcome?.issue ?? []).map(({ severity, code, diagnostics, expression }) =>
    issue(code as IssueCode, diagnostics ?? '', { severity, ...(expression ? { expression } : {}) }),
  );
  const { resourceType: type, id } = (sent?.resource ?? {}) as { resourceType?: string; id?: string };
  return [{ place: { ...place, part: index + 1 }, ...(type ? { type } : {}), ...(id ? { id } : {}), status, issues }];
}

/** What came of a batch. @throws TargetError when the target stays away */
export async function carryOut({ units }: Batch, target: Target): Promise<Settlement> {
  const resources = units.filter((unit) => unit.kind === 'resource');
  const settled: Settlement[] = [
    {
      written: 0,
      failures: units.flatMap((unit) => (unit.kind === 'unreadable' ? [failureOf(unit, unit.error)] : [])),
    },
  ];
  if (resources.length > 0) settled.push(await together(resources, target));
  for (const unit of units) if (unit.kind === 'bundle') settled.push(await asItIs(unit, target));
  return {
    written: settled.reduce((sum, { written }) => sum + written, 0),
    failures: settled.flatMap(({ failures }) => failures),
  };
}
