-- 0001-initial

CREATE TABLE resource ( -- the current version of every resource; content is the JSON as served, NULL when deleted
  rid INTEGER NOT NULL,
  type INTEGER NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  tx INTEGER NOT NULL,
  method INTEGER NOT NULL,
  content TEXT,
  PRIMARY KEY (rid));

CREATE UNIQUE INDEX resource_by_id ON resource (type, id) -- what is the current version of Type/id, and is the id free;

CREATE INDEX resource_by_type ON resource (type, rid) WHERE content IS NOT NULL -- which resources of a type exist, in the order of their creation: search without criteria, reindex;

CREATE INDEX resource_by_tx ON resource (type, tx, rid) -- which resources of a type were changed last: _lastUpdated, history of type and system;

CREATE TABLE resource_history ( -- versions that were replaced, current from tx until ended; the key answers vread and the history of an instance
  rid INTEGER NOT NULL,
  version INTEGER NOT NULL,
  tx INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  type INTEGER NOT NULL,
  method INTEGER NOT NULL,
  content TEXT,
  PRIMARY KEY (rid, version));

CREATE INDEX resource_history_by_tx ON resource_history (type, tx, rid, version) -- which versions of a type were written last: history of type and system;

CREATE TABLE transaction_log ( -- every transaction that wrote, with the number of its versions: which was the last
  tx INTEGER NOT NULL,
  versions INTEGER NOT NULL,
  PRIMARY KEY (tx));

CREATE TABLE search_parameter ( -- the search parameters that have rows; status: active, filling or rebuilding while resources are indexed, dropping while rows are deleted
  number INTEGER NOT NULL,
  type INTEGER NOT NULL,
  code TEXT NOT NULL,
  url TEXT NOT NULL,
  hash TEXT NOT NULL,
  status TEXT NOT NULL,
  position INTEGER NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  PRIMARY KEY (number));

CREATE UNIQUE INDEX search_parameter_by_code ON search_parameter (type, code) WHERE status <> 'dropping' -- which number stands for this parameter of this type in the index tables;

CREATE TABLE setting ( -- what all processes of the server share and keep: the key of page links, the revision of the search parameters
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (name));

CREATE TABLE uri ( -- code systems and units, told apart by number in the index tables; 0 is the empty text
  number INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (number));

CREATE UNIQUE INDEX uri_by_value ON uri (value) -- which number stands for this URI;

CREATE TABLE token_index ( -- which resources have this code, and does this resource have it; by resource: its codes (:missing, _sort)
  param INTEGER NOT NULL,
  code TEXT NOT NULL,
  system INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, code, rid, system)) WITHOUT ROWID;

CREATE INDEX token_index_by_resource ON token_index (rid, param) -- what values does this resource have;

CREATE TABLE string_index ( -- which resources have a text that begins with this; by resource: its texts (_sort, a second criterion)
  param INTEGER NOT NULL,
  value TEXT NOT NULL,
  exact TEXT NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, value, rid, exact)) WITHOUT ROWID;

CREATE INDEX string_index_by_resource ON string_index (rid, param) -- what values does this resource have;

CREATE TABLE date_index ( -- which resources have a date in this interval; by resource: does this one
  param INTEGER NOT NULL,
  low INTEGER NOT NULL,
  high INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, low, high, rid)) WITHOUT ROWID;

CREATE INDEX date_index_by_resource ON date_index (rid, param) -- what values does this resource have;

CREATE INDEX date_index_longer ON date_index (param, high) WHERE high - low > 86400000 -- which resources have a long range that ends after this;

CREATE TABLE quantity_index ( -- which resources have a value in this range; by resource: does this one
  param INTEGER NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  unit INTEGER NOT NULL,
  canonical INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, low, high, rid, unit, canonical)) WITHOUT ROWID;

CREATE INDEX quantity_index_by_resource ON quantity_index (rid, param) -- what values does this resource have;

CREATE INDEX quantity_index_longer ON quantity_index (param, high) WHERE high > low -- which resources have a long range that ends after this;

CREATE TABLE reference_index ( -- which resources refer to this one; by resource: what does this one refer to
  param INTEGER NOT NULL,
  target_id TEXT NOT NULL,
  target_type INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, target_id, rid, target_type)) WITHOUT ROWID;

CREATE INDEX reference_index_by_resource ON reference_index (rid, param) -- what values does this resource have;

CREATE TABLE composite_index ( -- which resources have both values in one element
  param INTEGER NOT NULL,
  code TEXT NOT NULL,
  system INTEGER NOT NULL,
  text TEXT NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  unit INTEGER NOT NULL,
  canonical INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, code, text, low, high, rid, system, unit, canonical)) WITHOUT ROWID;

CREATE INDEX composite_index_by_resource ON composite_index (rid, param) -- what values does this resource have;

CREATE TABLE narrative_text ( -- which narratives have these words (_text)
  param INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, rid)) WITHOUT ROWID;

CREATE INDEX narrative_text_by_resource ON narrative_text (rid, param) -- what values does this resource have;

CREATE VIRTUAL TABLE narrative_text_words USING fts5 (words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0') -- which narratives have these words (_text);

CREATE TRIGGER narrative_text_deleted AFTER DELETE ON narrative_text BEGIN DELETE FROM narrative_text_words WHERE rowid = OLD.rid; END -- words of rows that are gone are found no more;

CREATE TABLE content_text ( -- which resources have these words anywhere (_content)
  param INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY (param, rid)) WITHOUT ROWID;

CREATE INDEX content_text_by_resource ON content_text (rid, param) -- what values does this resource have;

CREATE VIRTUAL TABLE content_text_words USING fts5 (words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0') -- which resources have these words anywhere (_content);

CREATE TRIGGER content_text_deleted AFTER DELETE ON content_text BEGIN DELETE FROM content_text_words WHERE rowid = OLD.rid; END -- words of rows that are gone are found no more;

INSERT INTO uri (number, value) VALUES (0, '');

INSERT INTO setting (name, value) VALUES ('search-parameters', '0');

-- 0002-definitions

CREATE TABLE package ( -- FHIR packages that are installed, several versions side by side; installed is a tx
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  canonical TEXT NOT NULL,
  title TEXT NOT NULL,
  installed INTEGER NOT NULL,
  PRIMARY KEY (name, version));

CREATE TABLE package_resource ( -- what the packages contain, one row for each canonical resource; read whole when a process takes a package in
  package TEXT NOT NULL,
  version TEXT NOT NULL,
  file TEXT NOT NULL,
  type TEXT NOT NULL,
  url TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (package, version, file));

CREATE TABLE concept_system ( -- code systems that `throughline terminology load` brought; complete is 0 while one is being loaded
  number INTEGER NOT NULL,
  url TEXT NOT NULL,
  version TEXT NOT NULL,
  title TEXT NOT NULL,
  complete INTEGER NOT NULL,
  concepts INTEGER NOT NULL,
  loaded INTEGER NOT NULL,
  PRIMARY KEY (number));

CREATE UNIQUE INDEX concept_system_by_url ON concept_system (url, version) -- which number stands for this version of a code system in the concept tables;

CREATE TABLE concept ( -- the codes of these systems: does it exist, how is it displayed
  system INTEGER NOT NULL,
  code TEXT NOT NULL,
  display TEXT NOT NULL,
  active INTEGER NOT NULL,
  PRIMARY KEY (system, code)) WITHOUT ROWID;

CREATE TABLE concept_parent ( -- the hierarchy: the codes directly above a code
  system INTEGER NOT NULL,
  code TEXT NOT NULL,
  parent TEXT NOT NULL,
  PRIMARY KEY (system, code, parent)) WITHOUT ROWID;

CREATE INDEX concept_parent_by_parent ON concept_parent (system, parent, code) -- which codes stand directly below this one;

CREATE TABLE concept_property ( -- what is said of a code beside its display
  system INTEGER NOT NULL,
  code TEXT NOT NULL,
  property TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (system, code, property, value)) WITHOUT ROWID;

CREATE INDEX concept_property_by_value ON concept_property (system, property, value, code) -- which codes have this value of a property: filters of value sets;

CREATE TABLE closure ( -- the closure tables that clients keep ($closure): which concepts were added, and with which version
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  system TEXT NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (name, version, system, code));

-- 0003-sync

CREATE TABLE sync_row ( -- rows of a practice database and the resources that they are; conflict is what the two sides say when both have changed
  binding TEXT NOT NULL,
  entry TEXT NOT NULL,
  row_key TEXT NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  row_text TEXT,
  conflict TEXT,
  PRIMARY KEY (binding, entry, row_key));

CREATE UNIQUE INDEX sync_row_by_id ON sync_row (binding, entry, id) -- which row is this resource;

CREATE INDEX sync_row_in_conflict ON sync_row (binding, entry, row_key) WHERE conflict IS NOT NULL -- which rows wait for a decision;

CREATE TABLE sync_progress ( -- how far each table of a binding is; spec is the hash of its binding, of which a change has every row looked at
  binding TEXT NOT NULL,
  entry TEXT NOT NULL,
  spec TEXT NOT NULL,
  position TEXT,
  mark TEXT,
  pushed INTEGER NOT NULL,
  pushed_rid INTEGER NOT NULL,
  PRIMARY KEY (binding, entry));

-- 0004-word-places

CREATE VIRTUAL TABLE narrative_text_places USING fts5vocab(narrative_text_words, instance) -- where does each word stand: read from the full text table, which keeps it anyway;

CREATE VIRTUAL TABLE content_text_places USING fts5vocab(content_text_words, instance) -- where does each word stand: read from the full text table, which keeps it anyway;
