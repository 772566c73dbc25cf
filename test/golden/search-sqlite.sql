-- everyone: Patient
Patient: in the order of rid
  driver all of the type

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = ? AND d0.content IS NOT NULL AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE d0.type = ? AND d0.content IS NOT NULL ) n0 ) counted

-- a code, deep: Observation?status=final
Observation: in the order of rid
  driver token_index Observation.status {"kind":"code","code":"final"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE ((d0.param = ? AND d0.code = ?) AND (d0.rid > ? AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE (d0.param = ? AND d0.code = ?) ) n0 ) counted

-- a name and a gender: Patient?name=lop&gender=female
Patient: in the order of rid
  driver string_index Patient.name {"mode":"begins","folded":"lop","exact":""} (120 rows)
  filter Patient.gender {"kind":"code","code":"female"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = ? AND (d0.value >= ? AND d0.value < ?) AND (EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) ) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = ? AND (d0.value >= ? AND d0.value < ?) AND EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) )) ) n0 ) counted

-- by id: Patient?_id=maria,jonas
Patient: in the order of rid
  driver ids 2 (2 rows)

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = ? AND d0.id IN (?,?) AND d0.content IS NOT NULL AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE d0.type = ? AND d0.id IN (?,?) AND d0.content IS NOT NULL ) n0 ) counted

-- what a client was asked, latest first: Observation?patient=maria&code=http://loinc.org|44261-6&_sort=-date
Observation: all candidates, put in order, keys -Observation.date
  driver reference_index Observation.patient {"kind":"to","local":{"id":"maria","types":[103]},"texts":[]} (40 rows)
  filter Observation.code {"kind":"code","system":"http://loinc.org","code":"44261-6"}

WITH page AS MATERIALIZED (SELECT s.* FROM (SELECT c.rid AS rid, (SELECT max(k0.low) FROM date_index k0 INDEXED BY date_index_by_resource
  WHERE k0.rid = c.rid AND k0.param = ? AND 1 = 1) AS k0 FROM (SELECT DISTINCT d0.rid AS rid FROM reference_index d0 WHERE (d0.param = ? AND (d0.target_id = ? AND d0.target_type = ?) AND (EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ? AND v0.system = (SELECT number FROM uri WHERE value = ?)) ) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)))) c) s
  WHERE 1 = 1 ORDER BY s.k0 DESC NULLS LAST, s.rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM reference_index d0 WHERE (d0.param = ? AND (d0.target_id = ? AND d0.target_type = ?) AND EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ? AND v0.system = (SELECT number FROM uri WHERE value = ?)) )) ) n0 ) counted

-- the appointments from a day on: Appointment?date=ge2026-10-01&_sort=date
Appointment: the index of the first key in its order, keys Appointment.date

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = ? AND 1 = 1 AND (d.param = ? AND d.high > ? AND d.low >= ?)) AND (d.low >= ? AND ((d.low > ? OR (d.low = ? AND d.rid > ?)) AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))))
  ORDER BY d.low ASC, d.rid ASC LIMIT ?) w0 UNION ALL SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = ? AND 1 = 1 AND (d.param = ? AND d.high > ? AND d.low < ? AND d.high - d.low > 86400000)) AND (d.low >= ? AND ((d.low > ? OR (d.low = ? AND d.rid > ?)) AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))))
  ORDER BY d.low ASC, d.rid ASC LIMIT ?) w1) walked
  ORDER BY k0 ASC, rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d0.rid FROM date_index d0 WHERE d0.param = ? AND d0.high > ? AND d0.low >= ? UNION ALL SELECT d0.rid FROM date_index d0 WHERE d0.param = ? AND d0.high > ? AND d0.low < ? AND d0.high - d0.low > 86400000) d0 WHERE 1 = 1 ) n0 ) counted

-- the appointments of a day: Appointment?date=ge2026-10-01&date=lt2026-10-02
Appointment: the index of the first key in its order, keys Appointment.date

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = ? AND 1 = 1 AND d.param = ? AND d.high > ?) AND (d.param = ? AND d.low < ? AND (d.low >= ? AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))))
  ORDER BY d.low ASC, d.rid ASC LIMIT ?) w0 UNION ALL SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = ? AND 1 = 1 AND d.param = ? AND d.high > ?) AND (d.param = ? AND d.low < ? AND (d.low < ? AND d.high - d.low > 86400000 AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))))
  ORDER BY d.low ASC, d.rid ASC LIMIT ?) w1) walked
  ORDER BY k0 ASC, rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d0.rid FROM date_index d0 WHERE (d0.param = ? AND d0.high > ? AND d0.param = ? AND d0.low < ?) AND d0.low >= ? UNION ALL SELECT d0.rid FROM date_index d0 WHERE (d0.param = ? AND d0.high > ? AND d0.param = ? AND d0.low < ?) AND d0.low < ? AND d0.high - d0.low > 86400000) d0 WHERE 1 = 1 ) n0 ) counted

-- everyone by name, the second page: Patient?active=true&_sort=family,-birthdate
Patient: the index of the first key in its order, keys Patient.family, -Patient.birthdate
  filter Patient.active {"kind":"code","code":"true"}

WITH page AS MATERIALIZED (SELECT d.rid AS rid, d.value AS k0, (SELECT max(k1.low) FROM date_index k1 INDEXED BY date_index_by_resource
  WHERE k1.rid = d.rid AND k1.param = ? AND 1 = 1) AS k1
  FROM string_index d WHERE ((d.param = ? AND (d.value >= ? AND (d.value > ? OR (d.value = ? AND ((SELECT max(k1.low) FROM date_index k1 INDEXED BY date_index_by_resource
  WHERE k1.rid = d.rid AND k1.param = ? AND 1 = 1) IS NULL AND d.rid > ?))))) AND (EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d.rid AND (v0.param = ? AND v0.code = ?) ) AND (d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?) AND NOT EXISTS (SELECT 1 FROM string_index e INDEXED BY string_index_by_resource WHERE e.rid = d.rid
  AND e.param = ? AND (e.value, e.exact) < (d.value, d.exact) ))))
  ORDER BY d.value ASC, k1 DESC NULLS LAST, d.rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0, page.k1,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.k1 DESC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE (d0.param = ? AND d0.code = ?) ) n0 ) counted

-- everyone by name, backward: Patient?active=true&_sort=family
Patient: the index of the first key in its order, keys Patient.family
  filter Patient.active {"kind":"code","code":"true"}

WITH page AS MATERIALIZED (SELECT d.rid AS rid, d.value AS k0
  FROM string_index d WHERE ((d.param = ? AND EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d.rid AND (v0.param = ? AND v0.code = ?) )) AND (d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?) AND NOT EXISTS (SELECT 1 FROM string_index e INDEXED BY string_index_by_resource WHERE e.rid = d.rid
  AND e.param = ? AND (e.value, e.exact) < (d.value, d.exact) )))
  ORDER BY d.value DESC, d.rid DESC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC, page.rid DESC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE (d0.param = ? AND d0.code = ?) ) n0 ) counted

-- one of several codes: Task?status=requested,in-progress
Task: in the order of rid
  driver all of the type
  filter (Task.status {"kind":"code","code":"requested"} or Task.status {"kind":"code","code":"in-progress"})

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = ? AND d0.content IS NOT NULL AND (EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND ((v0.param = ? AND v0.code = ?) OR (v0.param = ? AND v0.code = ?)) ) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = ? AND d0.content IS NOT NULL AND EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND ((v0.param = ? AND v0.code = ?) OR (v0.param = ? AND v0.code = ?)) )) ) n0 ) counted

-- not and missing: Patient?gender:not=male&active:missing=true
Patient: in the order of rid
  driver all of the type
  filter not Patient.gender {"kind":"code","code":"male"}
  filter missing Patient.active

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE ((d0.type = ? AND d0.content IS NOT NULL AND NOT EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) )) AND (NOT EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? ) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = ? AND d0.content IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) ) AND NOT EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? ))) ) n0 ) counted

-- a narrow chain: Observation?patient.name=lopez&code=44261-6
Observation: in the order of rid
  driver what refers by id in Observation.patient to Patient (300 rows)
    driver string_index Patient.name {"mode":"begins","folded":"lopez","exact":""} (120 rows)
  filter Observation.code {"kind":"code","code":"44261-6"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM string_index d1 WHERE d1.param = ? AND (d1.value >= ? AND d1.value < ?) ) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = ? AND d0.target_type = ? AND d0.target_id = t0.id AND (EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) ) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM string_index d1 WHERE d1.param = ? AND (d1.value >= ? AND d1.value < ?) ) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = ? AND d0.target_type = ? AND d0.target_id = t0.id AND EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) )) ) n0 ) counted

-- a wide chain: Observation?patient.gender=female&code=44261-6
Observation: in the order of rid
  driver what refers by id in Observation.patient to Patient (300 rows)
    driver token_index Patient.gender {"kind":"code","code":"female"}
  filter Observation.code {"kind":"code","code":"44261-6"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM token_index d1 WHERE (d1.param = ? AND d1.code = ?) ) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = ? AND d0.target_type = ? AND d0.target_id = t0.id AND (EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) ) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM token_index d1 WHERE (d1.param = ? AND d1.code = ?) ) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = ? AND d0.target_type = ? AND d0.target_id = t0.id AND EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) )) ) n0 ) counted

-- a canonical chain: CarePlan?instantiates-canonical:PlanDefinition.title=depression
CarePlan: in the order of rid
  driver union (600 rows)
    driver what refers by id in CarePlan.instantiates-canonical to PlanDefinition (300 rows)
      driver string_index PlanDefinition.title {"mode":"begins","folded":"depression","exact":""}
    driver what refers by url in CarePlan.instantiates-canonical to PlanDefinition (300 rows)
      driver string_index PlanDefinition.title {"mode":"begins","folded":"depression","exact":""}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = ? AND (d2.value >= ? AND d2.value < ?) ) i1 CROSS JOIN resource t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.content IS NOT NULL
  AND d1.param = ? AND d1.target_type = ? AND d1.target_id = t1.id UNION ALL SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = ? AND (d2.value >= ? AND d2.value < ?) ) i1 CROSS JOIN token_index t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.param = ?
  AND d1.param = ? AND d1.target_type = 0 AND NOT EXISTS (
  SELECT 1 FROM reference_index d1y WHERE d1y.rid = d1.rid AND d1y.param = d1.param AND d1y.target_type = 0
  AND d1y.target_id > d1.target_id || '|' AND d1y.target_id < d1.target_id || '}') AND d1.target_id = t1.code) d0 WHERE d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = ? AND (d2.value >= ? AND d2.value < ?) ) i1 CROSS JOIN resource t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.content IS NOT NULL
  AND d1.param = ? AND d1.target_type = ? AND d1.target_id = t1.id UNION ALL SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = ? AND (d2.value >= ? AND d2.value < ?) ) i1 CROSS JOIN token_index t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.param = ?
  AND d1.param = ? AND d1.target_type = 0 AND NOT EXISTS (
  SELECT 1 FROM reference_index d1y WHERE d1y.rid = d1.rid AND d1y.param = d1.param AND d1y.target_type = 0
  AND d1y.target_id > d1.target_id || '|' AND d1y.target_id < d1.target_id || '}') AND d1.target_id = t1.code) d0 WHERE 1 = 1 ) n0 ) counted

-- _has: Patient?_has:Observation:patient:value-quantity=ge20
Patient: in the order of rid
  driver what Observation refers to by id in Observation.patient (300 rows)
    driver quantity_index Observation.value-quantity {"range":{"negated":false,"comparisons":[{"bound":"high","operator":">=","value":20}]},"unit":{"kind":"any"}} (4000 rows)

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d1.rid FROM quantity_index d1 WHERE d1.param = ? AND (d1.high >= ? AND d1.canonical = ?) AND d1.low >= ? UNION ALL SELECT d1.rid FROM quantity_index d1 WHERE d1.param = ? AND (d1.high >= ? AND d1.canonical = ?) AND d1.low < ? AND d1.high > d1.low) d1 WHERE 1 = 1 ) i0 CROSS JOIN reference_index x0 CROSS JOIN resource d0 WHERE (x0.rid = i0.rid AND x0.param = ? AND x0.target_type = ?
  AND d0.type = ? AND d0.id = x0.target_id AND d0.content IS NOT NULL AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d1.rid FROM quantity_index d1 WHERE d1.param = ? AND (d1.high >= ? AND d1.canonical = ?) AND d1.low >= ? UNION ALL SELECT d1.rid FROM quantity_index d1 WHERE d1.param = ? AND (d1.high >= ? AND d1.canonical = ?) AND d1.low < ? AND d1.high > d1.low) d1 WHERE 1 = 1 ) i0 CROSS JOIN reference_index x0 CROSS JOIN resource d0 WHERE x0.rid = i0.rid AND x0.param = ? AND x0.target_type = ?
  AND d0.type = ? AND d0.id = x0.target_id AND d0.content IS NOT NULL ) n0 ) counted

-- _has in a chain: Observation?patient._has:Group:member:_id=study
Observation: in the order of rid
  driver what refers by id in Observation.patient to Patient (300 rows)
    driver what Group refers to by id in Group.member (300 rows)
      driver ids 1 (1 rows)

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM resource d2 WHERE d2.type = ? AND d2.id = ? AND d2.content IS NOT NULL ) i1 CROSS JOIN reference_index x1 CROSS JOIN resource d1 WHERE x1.rid = i1.rid AND x1.param = ? AND x1.target_type = ?
  AND d1.type = ? AND d1.id = x1.target_id AND d1.content IS NOT NULL ) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = ? AND d0.target_type = ? AND d0.target_id = t0.id AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM resource d2 WHERE d2.type = ? AND d2.id = ? AND d2.content IS NOT NULL ) i1 CROSS JOIN reference_index x1 CROSS JOIN resource d1 WHERE x1.rid = i1.rid AND x1.param = ? AND x1.target_type = ?
  AND d1.type = ? AND d1.id = x1.target_id AND d1.content IS NOT NULL ) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = ? AND d0.target_type = ? AND d0.target_id = t0.id ) n0 ) counted

-- a filter: Patient?_filter=name co "ope" or not (gender eq male)
Patient: in the order of rid
  driver all of the type
  filter (Patient.name {"mode":"contains","folded":"ope","exact":""} or not Patient.gender {"kind":"code","code":"male"})

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = ? AND d0.content IS NOT NULL AND ((EXISTS (SELECT 1 FROM string_index v0 INDEXED BY string_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND replace(v0.value, ?, '') <> v0.value ) OR NOT EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) )) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = ? AND d0.content IS NOT NULL AND (EXISTS (SELECT 1 FROM string_index v0 INDEXED BY string_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND replace(v0.value, ?, '') <> v0.value ) OR NOT EXISTS (SELECT 1 FROM token_index v0 INDEXED BY token_index_by_resource WHERE v0.rid = d0.rid AND (v0.param = ? AND v0.code = ?) ))) ) n0 ) counted

-- a compartment: Patient/maria/CarePlan?status=active
CarePlan: in the order of rid
  driver token_index CarePlan.status {"kind":"code","code":"active"}
  filter (CarePlan.patient {"kind":"to","local":{"id":"maria","types":[103]},"texts":[]} or CarePlan.performer {"kind":"to","local":{"id":"maria","types":[103]},"texts":[]})

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE ((d0.param = ? AND d0.code = ?) AND ((EXISTS (SELECT 1 FROM reference_index v0 INDEXED BY reference_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND (v0.target_id = ? AND v0.target_type = ?) ) OR EXISTS (SELECT 1 FROM reference_index v0 INDEXED BY reference_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND (v0.target_id = ? AND v0.target_type = ?) )) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))) ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE ((d0.param = ? AND d0.code = ?) AND (EXISTS (SELECT 1 FROM reference_index v0 INDEXED BY reference_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND (v0.target_id = ? AND v0.target_type = ?) ) OR EXISTS (SELECT 1 FROM reference_index v0 INDEXED BY reference_index_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND (v0.target_id = ? AND v0.target_type = ?) ))) ) n0 ) counted

-- two types: ?_type=Patient,Practitioner&name=lopez
Patient: in the order of rid
  driver string_index Patient.name {"mode":"begins","folded":"lopez","exact":""} (120 rows)
Practitioner: in the order of rid
  driver string_index Practitioner.name {"mode":"begins","folded":"lopez","exact":""} (120 rows)

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = ? AND (d0.value >= ? AND d0.value < ?) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)) ORDER BY rid ASC LIMIT ?) b0 UNION ALL SELECT * FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = ? AND (d0.value >= ? AND d0.value < ?) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)) ORDER BY rid ASC LIMIT ?) b1) merged ORDER BY rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?,?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE d0.param = ? AND (d0.value >= ? AND d0.value < ?) ) n0 UNION ALL SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE d0.param = ? AND (d0.value >= ? AND d0.value < ?) ) n1 ) counted

-- what changed: Patient?_lastUpdated=ge2026-10-01
Patient: the index of the first key in its order, keys tx

WITH page AS MATERIALIZED (SELECT d.rid AS rid, d.tx AS k0
  FROM resource d WHERE (d.type = ? AND d.content IS NOT NULL AND (d.type = ? AND (d.tx >= ?) AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)))
  ORDER BY d.tx ASC, d.rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM resource d0 WHERE d0.type = ? AND (d0.tx >= ?) AND d0.content IS NOT NULL ) n0 ) counted
