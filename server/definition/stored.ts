/** The definitions among the stored resources: which were written or deleted since the last look. */
import sql, { join, type Sql } from 'sql-template-tag';
import { typeNumber, typeOfNumber } from '../../resources/definition.ts';
import type { Store } from '../store/store.ts';
import { shaped } from '../terminology/shape.ts';
import { type Catalogue, definitionTypes, headOf } from './catalogue.ts';
import type { OwnStored } from './own-stored.ts';

interface Row {
  readonly type: number;
  readonly id: string;
  readonly tx: number;
  readonly content: string | null;
}

const NUMBERS = definitionTypes.map(typeNumber);

/** What a definition weighs at most, in characters: larger ones are stored and served, and not used. */
const LARGEST = 60_000_000;

/**
 * Brings into `catalogue` what changed after `settled` (a tx, exclusive) and gives the tx up to which that is complete. Reads again what a slower
 * transaction could still precede; what is known already changes nothing. What we have stored ourselves is in force anyway (source.ts) and left out.
 */
export async function readStored(
  store: Store,
  catalogue: Catalogue,
  settled: number,
  { transactions }: Pick<OwnStored, 'transactions'>,
): Promise<number> {
  const until = await store.settled();
  const rows = await store.query<Row>(
    sql`SELECT type, id, tx, ${contentBut(transactions)} AS content
      FROM resource WHERE type IN (${join(NUMBERS)}) AND tx > ${settled} ORDER BY tx`,
  );
  for (const { type, id, tx, content } of rows) {
    const origin = `${typeOfNumber(type)}/${id}`;
    if (content === null || content.length > LARGEST) catalogue.delete(origin);
    else if (catalogue.orderOf(origin) !== Number(tx)) take(catalogue, origin, Number(tx), content);
  }
  return until;
}

const contentBut = (transactions: readonly number[]): Sql =>
  transactions.length === 0
    ? sql`content`
    : sql`CASE WHEN tx IN (${join([...transactions])}) THEN NULL ELSE content END`;

function take(catalogue: Catalogue, origin: string, order: number, content: string): void {
  const { text: _narrative, ...stored } = JSON.parse(content) as { resourceType: string; text?: unknown };
  const { resource } = shaped(stored);
  const head = headOf(resource, { origin, layer: 'stored', order });
  if (head) catalogue.set(head, JSON.stringify(resource));
  else catalogue.delete(origin);
}
