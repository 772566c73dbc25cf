-- 0001-initial

CREATE TABLE resource (
  rid bigint NOT NULL,
  type smallint NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  tx bigint NOT NULL,
  method smallint NOT NULL,
  content text COLLATE "C",
  PRIMARY KEY (rid));

COMMENT ON TABLE resource IS 'the current version of every resource; content is the JSON as served, NULL when deleted';

CREATE UNIQUE INDEX resource_by_id ON resource (type, id);

COMMENT ON INDEX resource_by_id IS 'what is the current version of Type/id, and is the id free';

CREATE INDEX resource_by_type ON resource (type, rid) WHERE content IS NOT NULL;

COMMENT ON INDEX resource_by_type IS 'which resources of a type exist, in the order of their creation: search without criteria, reindex';

CREATE INDEX resource_by_tx ON resource (type, tx, rid);

COMMENT ON INDEX resource_by_tx IS 'which resources of a type were changed last: _lastUpdated, history of type and system';

CREATE TABLE resource_history (
  rid bigint NOT NULL,
  version integer NOT NULL,
  tx bigint NOT NULL,
  ended bigint NOT NULL,
  type smallint NOT NULL,
  method smallint NOT NULL,
  content text COLLATE "C",
  PRIMARY KEY (rid, version));

COMMENT ON TABLE resource_history IS 'versions that were replaced, current from tx until ended; the key answers vread and the history of an instance';

CREATE INDEX resource_history_by_tx ON resource_history (type, tx, rid, version);

COMMENT ON INDEX resource_history_by_tx IS 'which versions of a type were written last: history of type and system';

CREATE TABLE transaction_log (
  tx bigint NOT NULL,
  versions integer NOT NULL,
  PRIMARY KEY (tx));

COMMENT ON TABLE transaction_log IS 'every transaction that wrote, with the number of its versions: which was the last';

CREATE TABLE search_parameter (
  number smallint NOT NULL,
  type smallint NOT NULL,
  code text COLLATE "C" NOT NULL,
  url text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  done integer NOT NULL,
  total integer NOT NULL,
  PRIMARY KEY (number));

COMMENT ON TABLE search_parameter IS 'the search parameters that have rows; status: active, filling or rebuilding while resources are indexed, dropping while rows are deleted';

CREATE UNIQUE INDEX search_parameter_by_code ON search_parameter (type, code) WHERE status <> 'dropping';

COMMENT ON INDEX search_parameter_by_code IS 'which number stands for this parameter of this type in the index tables';

CREATE TABLE setting (
  name text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (name));

COMMENT ON TABLE setting IS 'what all processes of the server share and keep: the key of page links, the revision of the search parameters';

CREATE TABLE uri (
  number integer NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (number));

COMMENT ON TABLE uri IS 'code systems and units, told apart by number in the index tables; 0 is the empty text';

CREATE UNIQUE INDEX uri_by_value ON uri (value);

COMMENT ON INDEX uri_by_value IS 'which number stands for this URI';

CREATE TABLE token_index (
  param smallint NOT NULL,
  code text COLLATE "C" NOT NULL,
  system integer NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (param, code, rid, system));

COMMENT ON TABLE token_index IS 'which resources have this code, and does this resource have it; by resource: its codes (:missing, _sort)';

CREATE INDEX token_index_by_resource ON token_index (rid, param) INCLUDE (code, system);

COMMENT ON INDEX token_index_by_resource IS 'what values does this resource have';

CREATE STATISTICS token_index_statistics (ndistinct, mcv) ON param, code FROM token_index;

CREATE TABLE string_index (
  param smallint NOT NULL,
  value text COLLATE "C" NOT NULL,
  exact text COLLATE "C" NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (param, value, rid, exact));

COMMENT ON TABLE string_index IS 'which resources have a text that begins with this; by resource: its texts (_sort, a second criterion)';

CREATE INDEX string_index_by_resource ON string_index (rid, param) INCLUDE (value, exact);

COMMENT ON INDEX string_index_by_resource IS 'what values does this resource have';

CREATE STATISTICS string_index_statistics (ndistinct, mcv) ON param, value FROM string_index;

CREATE TABLE date_index (
  param smallint NOT NULL,
  low bigint NOT NULL,
  high bigint NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (param, low, high, rid));

COMMENT ON TABLE date_index IS 'which resources have a date in this interval; by resource: does this one';

CREATE INDEX date_index_by_resource ON date_index (rid, param) INCLUDE (low, high);

COMMENT ON INDEX date_index_by_resource IS 'what values does this resource have';

CREATE INDEX date_index_longer ON date_index (param, high) INCLUDE (low, rid) WHERE high - low > 86400000;

COMMENT ON INDEX date_index_longer IS 'which resources have a long range that ends after this';

CREATE STATISTICS date_index_statistics (ndistinct, mcv) ON param, low FROM date_index;

CREATE TABLE quantity_index (
  param smallint NOT NULL,
  low double precision NOT NULL,
  high double precision NOT NULL,
  unit integer NOT NULL,
  canonical smallint NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (param, low, high, rid, unit, canonical));

COMMENT ON TABLE quantity_index IS 'which resources have a value in this range; by resource: does this one';

CREATE INDEX quantity_index_by_resource ON quantity_index (rid, param) INCLUDE (low, high, unit, canonical);

COMMENT ON INDEX quantity_index_by_resource IS 'what values does this resource have';

CREATE INDEX quantity_index_longer ON quantity_index (param, high) INCLUDE (low, rid, unit, canonical) WHERE high > low;

COMMENT ON INDEX quantity_index_longer IS 'which resources have a long range that ends after this';

CREATE STATISTICS quantity_index_statistics (ndistinct, mcv) ON param, low FROM quantity_index;

CREATE TABLE reference_index (
  param smallint NOT NULL,
  target_id text COLLATE "C" NOT NULL,
  target_type smallint NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (param, target_id, rid, target_type));

COMMENT ON TABLE reference_index IS 'which resources refer to this one; by resource: what does this one refer to';

CREATE INDEX reference_index_by_resource ON reference_index (rid, param) INCLUDE (target_id, target_type);

COMMENT ON INDEX reference_index_by_resource IS 'what values does this resource have';

CREATE STATISTICS reference_index_statistics (ndistinct, mcv) ON param, target_id FROM reference_index;

CREATE TABLE composite_index (
  param smallint NOT NULL,
  code text COLLATE "C" NOT NULL,
  system integer NOT NULL,
  text text COLLATE "C" NOT NULL,
  low double precision NOT NULL,
  high double precision NOT NULL,
  unit integer NOT NULL,
  canonical smallint NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (param, code, text, low, high, rid, system, unit, canonical));

COMMENT ON TABLE composite_index IS 'which resources have both values in one element';

CREATE INDEX composite_index_by_resource ON composite_index (rid, param) INCLUDE (code, text, low, high, system, unit, canonical);

COMMENT ON INDEX composite_index_by_resource IS 'what values does this resource have';

CREATE STATISTICS composite_index_statistics (ndistinct, mcv) ON param, code FROM composite_index;

CREATE TABLE narrative_text (
  param smallint NOT NULL,
  rid bigint NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (param, rid));

COMMENT ON TABLE narrative_text IS 'which narratives have these words (_text)';

CREATE INDEX narrative_text_by_resource ON narrative_text (rid, param);

COMMENT ON INDEX narrative_text_by_resource IS 'what values does this resource have';

CREATE INDEX narrative_text_words ON narrative_text USING gin (words);

COMMENT ON INDEX narrative_text_words IS 'which narratives have these words (_text)';

CREATE TABLE content_text (
  param smallint NOT NULL,
  rid bigint NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (param, rid));

COMMENT ON TABLE content_text IS 'which resources have these words anywhere (_content)';

CREATE INDEX content_text_by_resource ON content_text (rid, param);

COMMENT ON INDEX content_text_by_resource IS 'what values does this resource have';

CREATE INDEX content_text_words ON content_text USING gin (words);

COMMENT ON INDEX content_text_words IS 'which resources have these words anywhere (_content)';

INSERT INTO uri (number, value) VALUES (0, '');

INSERT INTO setting (name, value) VALUES ('search-parameters', '0');

CREATE SEQUENCE rid_sequence AS bigint INCREMENT BY 1000;

CREATE SEQUENCE uri_sequence AS integer;

CREATE SEQUENCE tx_sequence AS bigint;

CREATE FUNCTION tx_key(tx bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT (((tx + 2147483648) & 4294967295) - 2147483648)::integer
$$;

CREATE FUNCTION take_tx(wanted integer, at_least bigint, OUT first bigint, OUT revision integer) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock('tx_sequence'::regclass::oid::integer, 0);
  SELECT greatest(at_least, last_value + 1) INTO first FROM tx_sequence;
  IF wanted > 0 THEN
    PERFORM pg_advisory_lock('transaction_log'::regclass::oid::integer, tx_key(first));
  END IF;
  PERFORM setval('tx_sequence', first + wanted - 1);
  SELECT value::integer INTO revision FROM setting WHERE name = 'search-parameters';
END $$;

CREATE FUNCTION history_horizon() RETURNS bigint LANGUAGE plpgsql AS $$
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
END $$;

-- 0002-definitions

CREATE TABLE package (
  name text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  canonical text COLLATE "C" NOT NULL,
  title text COLLATE "C" NOT NULL,
  installed bigint NOT NULL,
  PRIMARY KEY (name, version));

COMMENT ON TABLE package IS 'FHIR packages that are installed, several versions side by side; installed is a tx';

CREATE TABLE package_resource (
  package text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  file text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  url text COLLATE "C" NOT NULL,
  content text COLLATE "C" NOT NULL,
  PRIMARY KEY (package, version, file));

COMMENT ON TABLE package_resource IS 'what the packages contain, one row for each canonical resource; read whole when a process takes a package in';

CREATE TABLE concept_system (
  number integer NOT NULL,
  url text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  title text COLLATE "C" NOT NULL,
  complete smallint NOT NULL,
  concepts integer NOT NULL,
  loaded bigint NOT NULL,
  PRIMARY KEY (number));

COMMENT ON TABLE concept_system IS 'code systems that `throughline terminology load` brought; complete is 0 while one is being loaded';

CREATE UNIQUE INDEX concept_system_by_url ON concept_system (url, version);

COMMENT ON INDEX concept_system_by_url IS 'which number stands for this version of a code system in the concept tables';

CREATE TABLE concept (
  system integer NOT NULL,
  code text COLLATE "C" NOT NULL,
  display text COLLATE "C" NOT NULL,
  active smallint NOT NULL,
  PRIMARY KEY (system, code));

COMMENT ON TABLE concept IS 'the codes of these systems: does it exist, how is it displayed';

CREATE TABLE concept_parent (
  system integer NOT NULL,
  code text COLLATE "C" NOT NULL,
  parent text COLLATE "C" NOT NULL,
  PRIMARY KEY (system, code, parent));

COMMENT ON TABLE concept_parent IS 'the hierarchy: the codes directly above a code';

CREATE INDEX concept_parent_by_parent ON concept_parent (system, parent, code);

COMMENT ON INDEX concept_parent_by_parent IS 'which codes stand directly below this one';

CREATE TABLE concept_property (
  system integer NOT NULL,
  code text COLLATE "C" NOT NULL,
  property text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (system, code, property, value));

COMMENT ON TABLE concept_property IS 'what is said of a code beside its display';

CREATE INDEX concept_property_by_value ON concept_property (system, property, value, code);

COMMENT ON INDEX concept_property_by_value IS 'which codes have this value of a property: filters of value sets';

CREATE TABLE closure (
  name text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  system text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  PRIMARY KEY (name, version, system, code));

COMMENT ON TABLE closure IS 'the closure tables that clients keep ($closure): which concepts were added, and with which version';

-- 0003-sync

CREATE TABLE sync_row (
  binding text COLLATE "C" NOT NULL,
  entry text COLLATE "C" NOT NULL,
  row_key text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  row_text text COLLATE "C",
  conflict text COLLATE "C",
  PRIMARY KEY (binding, entry, row_key));

COMMENT ON TABLE sync_row IS 'rows of a practice database and the resources that they are; conflict is what the two sides say when both have changed';

CREATE UNIQUE INDEX sync_row_by_id ON sync_row (binding, entry, id);

COMMENT ON INDEX sync_row_by_id IS 'which row is this resource';

CREATE INDEX sync_row_in_conflict ON sync_row (binding, entry, row_key) WHERE conflict IS NOT NULL;

COMMENT ON INDEX sync_row_in_conflict IS 'which rows wait for a decision';

CREATE TABLE sync_progress (
  binding text COLLATE "C" NOT NULL,
  entry text COLLATE "C" NOT NULL,
  spec text COLLATE "C" NOT NULL,
  position text COLLATE "C",
  mark text COLLATE "C",
  pushed bigint NOT NULL,
  pushed_rid bigint NOT NULL,
  PRIMARY KEY (binding, entry));

COMMENT ON TABLE sync_progress IS 'how far each table of a binding is; spec is the hash of its binding, of which a change has every row looked at';

-- 0004-word-places

