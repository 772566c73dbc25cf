/**
 * Current versions that were read before, kept for as long as they are current. What this process commits is dropped one by one; when another
 * process has committed, everything is.
 */
import type { Known } from '../read-together.ts';
import { keyOf, type StoredVersion } from '../store.ts';
import type { CommitMark } from './wal-index.ts';

export interface CurrentVersions {
  /** What is known and still current; undefined when that cannot be told. */
  known(): Known | undefined;
  /** To be called right before this process commits versions under these keys, while it alone may write. */
  committing(keys: ReadonlySet<string>): void;
  /** To be called when the commit has ended, well or not. */
  ended(): void;
}

/** A version larger than this part of all is not kept. */
const LARGEST_SHARE = 16;

const sizeOf = ({ content }: StoredVersion): number => content?.length ?? 0;

/** @param capacity characters of content that are kept; the least recently used go */
export function currentVersions(lastCommit: () => CommitMark | undefined, capacity: number): CurrentVersions {
  const versions = new Map<string, StoredVersion>();
  let characters = 0;
  /** The state that `versions` are of. */
  let mark: CommitMark | undefined;
  let ours: ReadonlySet<string> | undefined;

  function drop(key: string): void {
    const version = versions.get(key);
    if (!version) return;
    versions.delete(key);
    characters -= sizeOf(version);
  }

  function keep(version: StoredVersion): void {
    const size = sizeOf(version);
    if (size > capacity / LARGEST_SHARE) return;
    const key = keyOf(version);
    drop(key);
    versions.set(key, version);
    characters += size;
    for (const oldest of versions.keys()) {
      if (characters <= capacity) return;
      drop(oldest);
    }
  }

  /** Lets go what is not current any more. Nobody else can have committed between `committing` and the change that follows it. */
  function look(): CommitMark | undefined {
    const now = lastCommit();
    if (now === undefined || now.header === mark?.header) return now && mark;
    if (ours && mark && now.change === (mark.change + 1) % 2 ** 32) {
      for (const key of ours) drop(key);
      ours = undefined;
    } else {
      versions.clear();
      characters = 0;
    }
    mark = now;
    return mark;
  }

  return {
    known() {
      const at = look();
      if (at === undefined) return undefined;
      return {
        get(key) {
          const version = versions.get(key);
          if (version) {
            versions.delete(key);
            versions.set(key, version);
          }
          return version;
        },
        keep(read) {
          if (mark === at) for (const version of read) keep(version);
        },
      };
    },
    committing(keys) {
      look();
      ours = keys;
    },
    ended() {
      look();
      ours = undefined;
    },
  };
}
