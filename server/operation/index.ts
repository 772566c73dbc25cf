/** The operations of this server. */
import { meta, metaAdd, metaDelete } from './meta.ts';
import type { Operation } from './operation.ts';
import { reindex } from './reindex.ts';

export const operations: readonly Operation[] = [meta, metaAdd, metaDelete, reindex];
