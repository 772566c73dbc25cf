/** The known name that a mistyped one is closest to, for "did you mean". */
import { resourceTypes } from '../resources/definition.ts';
import { editDistance } from '../resources/nearest.ts';

/** The name at most two edits away (one for short names), or undefined. `resource` stands for the resource types. */
export function nearest(name: string, names: Iterable<string> | 'resource'): string | undefined {
  if (name.length > 64) return undefined;
  const allowed = name.length < 5 ? 1 : 2;
  let best: string | undefined;
  let least = allowed + 1;
  for (const candidate of names === 'resource' ? resourceTypes() : names) {
    if (Math.abs(candidate.length - name.length) > allowed) continue;
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}
