/** A piece of a source that is read as one value: a line of NDJSON, a document, or an entry of a Bundle that is too long to hold. */

export interface Fragment {
  /** Lines of NDJSON, or documents, counted from 1. With `part` the place of the fragment in its source. */
  readonly record: number;
  /** Entries of a Bundle that is read entry by entry, counted from 1; 0 for the whole of a record. */
  readonly part: number;
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** UTF-8; for a part, a Bundle.entry. Absent when it is too large, which `problem` says. */
  readonly bytes?: Buffer;
  /** Why it cannot be read. */
  readonly problem?: string;
}

/** Larger values are refused: a string of JavaScript holds half a gigabyte at most, and memory is to be constant. */
export const MAXIMUM_FRAGMENT_BYTES = 256 * 1024 * 1024;

export const tooLarge = (name: string): string =>
  `${name} is larger than ${MAXIMUM_FRAGMENT_BYTES / 1024 / 1024} MB; split it, or give its resources as NDJSON`;
