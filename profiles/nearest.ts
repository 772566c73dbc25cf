/** The known name that a mistyped one is closest to, for "did you mean". */
import { resourceTypes } from '../resources/definition.ts';

/** The name at most two edits away (one for short names), or undefined. `resource` stands for the resource types. */
export function nearest(name: string, names: Iterable<string> | 'resource'): string | undefined {
  if (name.length > 64) return undefined;
  const allowed = name.length < 5 ? 1 : 2;
  let best: string | undefined;
  let least = allowed + 1;
  for (const candidate of names === 'resource' ? resourceTypes() : names) {
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** The edits between two names: letters left out, added, exchanged, or two neighbours swapped. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : substituted;
      next[j] = Math.min(substituted, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
