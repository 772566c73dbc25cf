/** The first schema: every table, and on PostgreSQL the sequences and functions that processes share. */
import type { Migration } from '../migrate.ts';
import { tables } from '../schema.ts';
import { PARAMETERS_REVISION } from '../setting.ts';

export const initial: Migration = {
  name: '0001-initial',
  statements(dialect) {
    return [
      ...tables.flatMap((table) => dialect.create(table)),
      "INSERT INTO uri (number, value) VALUES (0, '')",
      `INSERT INTO setting (name, value) VALUES ('${PARAMETERS_REVISION}', '0')`,
      ...(dialect.name === 'postgres' ? shared : []),
    ];
  },
};

/**
 * Every transaction takes its tx from take_tx and holds an advisory lock on it (class: transaction_log, key: its low 32 bits) until it
 * has ended, so history_horizon can tell below which tx nothing can appear any more. Both run one at a time. A process that dies
 * loses its locks. wanted = 0 only raises the sequence. DECISIONS: "Order of tx on PostgreSQL".
 *
 * take_tx also tells the revision of the search parameters, read when the lock is held: a process that changes them waits until what
 * began under an earlier revision has ended.
 */
const shared: readonly string[] = [
  'CREATE SEQUENCE rid_sequence AS bigint INCREMENT BY 1000',
  'CREATE SEQUENCE uri_sequence AS integer',
  'CREATE SEQUENCE tx_sequence AS bigint',
  `CREATE FUNCTION tx_key(tx bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT (((tx + 2147483648) & 4294967295) - 2147483648)::integer
$$`,
  `CREATE FUNCTION take_tx(wanted integer, at_least bigint, OUT first bigint, OUT revision integer) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock('tx_sequence'::regclass::oid::integer, 0);
  SELECT greatest(at_least, last_value + 1) INTO first FROM tx_sequence;
  IF wanted > 0 THEN
    PERFORM pg_advisory_lock('transaction_log'::regclass::oid::integer, tx_key(first));
  END IF;
  PERFORM setval('tx_sequence', first + wanted - 1);
  SELECT value::integer INTO revision FROM setting WHERE name = '${PARAMETERS_REVISION}';
END $$`,
  `CREATE FUNCTION history_horizon() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  latest bigint;
  oldest bigint;
BEGIN
  PERFORM pg_advisory_xact_lock('tx_sequence'::regclass::oid::integer, 0);
  SELECT last_value INTO latest FROM tx_sequence;
  SELECT min(latest - ((latest - objid::bigint) & 4294967295)) INTO oldest FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 'transaction_log'::regclass::oid
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
  RETURN least(oldest, latest + 1);
END $$`,
];
