/** What a search or a read gave. */
import { objectsOf } from '../../../profiles/questionnaire/form.ts';
import type { AnyResource } from '../../../resources/types.ts';

/** The matches of a searchset; a resource that was read by its id is its own. */
export const matchesIn = (found: AnyResource): readonly AnyResource[] =>
  found.resourceType === 'Bundle'
    ? objectsOf(found.entry).flatMap(([{ resource, search }]) => {
        const { mode } = (search ?? {}) as { readonly mode?: unknown };
        return resource && (mode === undefined || mode === 'match') ? [resource as AnyResource] : [];
      })
    : [found];

/** Whether there is more than the page that was read. */
export const hasMore = ({ link }: AnyResource): boolean =>
  objectsOf(link).some(([{ relation }]) => relation === 'next');
