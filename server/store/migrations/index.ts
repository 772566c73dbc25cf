/** The migrations, oldest first. A migration that was released is never edited: a database remembers the checksum of each. */
import type { Migration } from '../migrate.ts';
import { initial } from './0001-initial.ts';
import { definitions } from './0002-definitions.ts';
import { sync } from './0003-sync.ts';
import { wordPlaces } from './0004-word-places.ts';

export const migrations: readonly Migration[] = [initial, definitions, sync, wordPlaces];
