/** The units of all sources, one after another, from where an earlier import stopped. */
import { type FhirError, invalid } from '../../../resources/outcome.ts';
import { sentenceOf } from '../sentence.ts';
import { fragmentsOf } from './fragments.ts';
import type { Source } from './sources.ts';
import { type Place, type Unit, unitsOf } from './unit.ts';

/** A unit and where it came from. `last` ends a source and carries no unit. */
export type SourceUnit =
  | { readonly source: Source; readonly unit: Unit }
  | { readonly source: Source; readonly last: true };

export interface ReadingOptions {
  readonly input: AsyncIterable<Buffer>;
  /** Hears of every byte read. */
  count(bytes: number): void;
  /** Bundles are resources everywhere, not only in `Bundle.ndjson`. */
  readonly storeBundles: boolean;
  /** The place up to which a source was carried out before; `all` when wholly. */
  begun(source: Source): Pick<Place, 'record' | 'part'> | 'all' | undefined;
}

const BEGINNING = { record: 0, part: 0 };

export async function* unitsOfSources(sources: readonly Source[], options: ReadingOptions): AsyncGenerator<SourceUnit> {
  for (const source of sources) {
    const after = options.begun(source) ?? BEGINNING;
    if (after === 'all') {
      options.count(source.file?.size ?? 0);
      continue;
    }
    for await (const unit of unitsOfSource(source, after, options)) yield { source, unit };
    yield { source, last: true };
  }
}

async function* unitsOfSource(
  source: Source,
  after: Pick<Place, 'record' | 'part'>,
  options: ReadingOptions,
): AsyncGenerator<Unit> {
  let record = after.record;
  let line = 1;
  try {
    const { fragments, isXml } = await fragmentsOf(source, options.input, options.count);
    for await (const fragment of fragments) {
      if (fragment.record < after.record || (fragment.record === after.record && isDone(fragment.part, after.part)))
        continue;
      ({ record, line } = fragment);
      for (const unit of unitsOf(fragment, isXml, options.storeBundles || source.holdsBundles))
        if (fragment.record > after.record || unit.place.part > after.part) yield unit;
    }
  } catch (error) {
    yield {
      kind: 'unreadable',
      place: { record: record + 1, part: 0, line },
      bytes: 0,
      error: unreadableSource(error),
    };
  }
}

/** Whether a part of the record where the earlier import stopped was carried out. The whole of a record has to be looked into. */
const isDone = (part: number, done: number): boolean => part > 0 && part <= done;

const unreadableSource = (cause: unknown): FhirError =>
  invalid(`What follows cannot be read: ${sentenceOf(cause)}`, { cause });
