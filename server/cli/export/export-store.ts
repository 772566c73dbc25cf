/** The resources of a store as NDJSON files in a folder, all in the state of one transaction. */
import { join } from 'node:path';
import type { ResourceType } from '../../../resources/types.ts';
import { resourcesAt, storedTypes } from '../../store/snapshot.ts';
import { instantOf, type Store, txAt } from '../../store/store.ts';
import { ndjsonFile } from './ndjson-file.ts';

export interface ExportOptions {
  /** An empty folder. */
  readonly folder: string;
  /** Absent: all that are stored. */
  readonly types?: readonly ResourceType[];
  /** Only what was written at or after it; milliseconds since the epoch. */
  readonly since?: number;
  readonly gzip: boolean;
  /** Aborted: the export ends after the page under way. */
  readonly signal: AbortSignal;
  /** Hears how many more resources were written. */
  readonly report: (resources: number) => void;
}

export interface Output {
  readonly type: ResourceType;
  /** The file, relative to the manifest. */
  readonly url: string;
  readonly count: number;
}

/** In the form of Bulk Data: https://hl7.org/fhir/uv/bulkdata/export.html#response---output-manifest */
export interface Manifest {
  /** Every resource is in the state of this instant; the value for `since` of the next export. */
  readonly transactionTime: string;
  readonly since?: string;
  readonly output: readonly Output[];
}

/** Writes the file of one type; none when there is nothing of it. */
async function exportType(
  store: Store,
  type: ResourceType,
  tx: number,
  { folder, since, gzip, signal, report }: ExportOptions,
): Promise<readonly Output[]> {
  const url = `${type}.ndjson${gzip ? '.gz' : ''}`;
  let file: ReturnType<typeof ndjsonFile> | undefined;
  let count = 0;
  for await (const versions of resourcesAt(store, type, {
    tx,
    ...(since === undefined ? {} : { since: txAt(since) }),
  })) {
    if (signal.aborted) break;
    if (versions.length === 0) continue;
    file ??= ndjsonFile(join(folder, url), gzip);
    await file.write(versions.map(({ content }) => content ?? ''));
    count += versions.length;
    report(versions.length);
  }
  if (!file) return [];
  await file.end();
  return [{ type, url, count }];
}

/** Gives the manifest, which is the caller's to write when nothing was aborted. */
export async function exportStore(store: Store, options: ExportOptions): Promise<Manifest> {
  const { types = await storedTypes(store), since, signal } = options;
  const tx = await store.settled();
  const output: Output[] = [];
  for (const type of types.toSorted()) {
    if (signal.aborted) break;
    output.push(...(await exportType(store, type, tx, options)));
  }
  return {
    transactionTime: instantOf(tx),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    output,
  };
}
