-- everyone: Patient
Patient: in the order of rid
  driver all of the type

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = $1 AND d0.content IS NOT NULL AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $2 AND u.tx > $3)) ORDER BY rid ASC LIMIT $4)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($5)
  AND u.tx > $6) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE d0.type = $1 AND d0.content IS NOT NULL ) n0 ) counted

-- a code, deep: Observation?status=final
Observation: in the order of rid
  driver token_index Observation.status {"kind":"code","code":"final"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE ((d0.param = $1 AND d0.code = $2) AND (d0.rid > $3 AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $4 AND u.tx > $5))) ORDER BY rid ASC LIMIT $6)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($7)
  AND u.tx > $8) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE (d0.param = $1 AND d0.code = $2) ) n0 ) counted

-- a name and a gender: Patient?name=lop&gender=female
Patient: in the order of rid
  driver string_index Patient.name {"mode":"begins","folded":"lop","exact":""} (120 rows)
  filter Patient.gender {"kind":"code","code":"female"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = $1 AND (d0.value >= $2 AND d0.value < $3) AND (EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $4 AND v0.code = $5) OFFSET 0) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $6 AND u.tx > $7))) ORDER BY rid ASC LIMIT $8)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($9)
  AND u.tx > $10) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = $1 AND (d0.value >= $2 AND d0.value < $3) AND EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $4 AND v0.code = $5) OFFSET 0)) ) n0 ) counted

-- by id: Patient?_id=maria,jonas
Patient: in the order of rid
  driver ids 2 (2 rows)

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = $1 AND d0.id IN ($2,$3) AND d0.content IS NOT NULL AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $4 AND u.tx > $5)) ORDER BY rid ASC LIMIT $6)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($7)
  AND u.tx > $8) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE d0.type = $1 AND d0.id IN ($2,$3) AND d0.content IS NOT NULL ) n0 ) counted

-- what a client was asked, latest first: Observation?patient=maria&code=http://loinc.org|44261-6&_sort=-date
Observation: all candidates, put in order, keys -Observation.date
  driver reference_index Observation.patient {"kind":"to","local":{"id":"maria","types":[103]},"texts":[]} (40 rows)
  filter Observation.code {"kind":"code","system":"http://loinc.org","code":"44261-6"}

WITH page AS MATERIALIZED (SELECT s.* FROM (SELECT c.rid AS rid, (SELECT max(k0.low) FROM date_index k0
  WHERE k0.rid = c.rid AND k0.param = $1 AND 1 = 1) AS k0 FROM (SELECT DISTINCT d0.rid AS rid FROM reference_index d0 WHERE (d0.param = $2 AND (d0.target_id = $3 AND d0.target_type = $4) AND (EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $5 AND v0.code = $6 AND v0.system = (SELECT number FROM uri WHERE value = $7)) OFFSET 0) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $8 AND u.tx > $9)))) c) s
  WHERE 1 = 1 ORDER BY s.k0 DESC NULLS LAST, s.rid ASC LIMIT $10)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($11)
  AND u.tx > $12) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM reference_index d0 WHERE (d0.param = $1 AND (d0.target_id = $2 AND d0.target_type = $3) AND EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $4 AND v0.code = $5 AND v0.system = (SELECT number FROM uri WHERE value = $6)) OFFSET 0)) ) n0 ) counted

-- the appointments from a day on: Appointment?date=ge2026-10-01&_sort=date
Appointment: the index of the first key in its order, keys Appointment.date

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = $1 AND 1 = 1 AND (d.param = $2 AND d.high > $3 AND d.low >= $4)) AND (d.low >= $5 AND ((d.low > $6 OR (d.low = $7 AND d.rid > $8)) AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $9 AND u.tx > $10))))
  ORDER BY d.low ASC, d.rid ASC LIMIT $11) w0 UNION ALL SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = $12 AND 1 = 1 AND (d.param = $13 AND d.high > $14 AND d.low < $15 AND d.high - d.low > 86400000)) AND (d.low >= $16 AND ((d.low > $17 OR (d.low = $18 AND d.rid > $19)) AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $20 AND u.tx > $21))))
  ORDER BY d.low ASC, d.rid ASC LIMIT $22) w1) walked
  ORDER BY k0 ASC, rid ASC LIMIT $23)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($24)
  AND u.tx > $25) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d0.rid FROM date_index d0 WHERE d0.param = $1 AND d0.high > $2 AND d0.low >= $3 UNION ALL SELECT d0.rid FROM date_index d0 WHERE d0.param = $4 AND d0.high > $5 AND d0.low < $6 AND d0.high - d0.low > 86400000) d0 WHERE 1 = 1 ) n0 ) counted

-- the appointments of a day: Appointment?date=ge2026-10-01&date=lt2026-10-02
Appointment: the index of the first key in its order, keys Appointment.date

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = $1 AND 1 = 1 AND d.param = $2 AND d.high > $3) AND (d.param = $4 AND d.low < $5 AND (d.low >= $6 AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $7 AND u.tx > $8))))
  ORDER BY d.low ASC, d.rid ASC LIMIT $9) w0 UNION ALL SELECT * FROM (SELECT d.rid AS rid, d.low AS k0
  FROM date_index d WHERE ((d.param = $10 AND 1 = 1 AND d.param = $11 AND d.high > $12) AND (d.param = $13 AND d.low < $14 AND (d.low < $15 AND d.high - d.low > 86400000 AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $16 AND u.tx > $17))))
  ORDER BY d.low ASC, d.rid ASC LIMIT $18) w1) walked
  ORDER BY k0 ASC, rid ASC LIMIT $19)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($20)
  AND u.tx > $21) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d0.rid FROM date_index d0 WHERE (d0.param = $1 AND d0.high > $2 AND d0.param = $3 AND d0.low < $4) AND d0.low >= $5 UNION ALL SELECT d0.rid FROM date_index d0 WHERE (d0.param = $6 AND d0.high > $7 AND d0.param = $8 AND d0.low < $9) AND d0.low < $10 AND d0.high - d0.low > 86400000) d0 WHERE 1 = 1 ) n0 ) counted

-- everyone by name, the second page: Patient?active=true&_sort=family,-birthdate
Patient: the index of the first key in its order, keys Patient.family, -Patient.birthdate
  filter Patient.active {"kind":"code","code":"true"}

WITH page AS MATERIALIZED (SELECT d.rid AS rid, d.value AS k0, (SELECT max(k1.low) FROM date_index k1
  WHERE k1.rid = d.rid AND k1.param = $1 AND 1 = 1) AS k1
  FROM string_index d WHERE ((d.param = $2 AND (d.value >= $3 AND (d.value > $4 OR (d.value = $5 AND ((SELECT max(k1.low) FROM date_index k1
  WHERE k1.rid = d.rid AND k1.param = $6 AND 1 = 1) IS NULL AND d.rid > $7))))) AND (EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d.rid AND (v0.param = $8 AND v0.code = $9) OFFSET 0) AND (d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $10 AND u.tx > $11) AND NOT EXISTS (SELECT 1 FROM string_index e WHERE e.rid = d.rid
  AND e.param = $12 AND (e.value, e.exact) < (d.value, d.exact) OFFSET 0))))
  ORDER BY d.value ASC, k1 DESC NULLS LAST, d.rid ASC LIMIT $13)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0, page.k1,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($14)
  AND u.tx > $15) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.k1 DESC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE (d0.param = $1 AND d0.code = $2) ) n0 ) counted

-- everyone by name, backward: Patient?active=true&_sort=family
Patient: the index of the first key in its order, keys Patient.family
  filter Patient.active {"kind":"code","code":"true"}

WITH page AS MATERIALIZED (SELECT d.rid AS rid, d.value AS k0
  FROM string_index d WHERE ((d.param = $1 AND EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d.rid AND (v0.param = $2 AND v0.code = $3) OFFSET 0)) AND (d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $4 AND u.tx > $5) AND NOT EXISTS (SELECT 1 FROM string_index e WHERE e.rid = d.rid
  AND e.param = $6 AND (e.value, e.exact) < (d.value, d.exact) OFFSET 0)))
  ORDER BY d.value DESC, d.rid DESC LIMIT $7)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($8)
  AND u.tx > $9) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC, page.rid DESC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE (d0.param = $1 AND d0.code = $2) ) n0 ) counted

-- one of several codes: Task?status=requested,in-progress
Task: in the order of rid
  driver all of the type
  filter (Task.status {"kind":"code","code":"requested"} or Task.status {"kind":"code","code":"in-progress"})

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = $1 AND d0.content IS NOT NULL AND (EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND ((v0.param = $2 AND v0.code = $3) OR (v0.param = $4 AND v0.code = $5)) OFFSET 0) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $6 AND u.tx > $7))) ORDER BY rid ASC LIMIT $8)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($9)
  AND u.tx > $10) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = $1 AND d0.content IS NOT NULL AND EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND ((v0.param = $2 AND v0.code = $3) OR (v0.param = $4 AND v0.code = $5)) OFFSET 0)) ) n0 ) counted

-- not and missing: Patient?gender:not=male&active:missing=true
Patient: in the order of rid
  driver all of the type
  filter not Patient.gender {"kind":"code","code":"male"}
  filter missing Patient.active

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE ((d0.type = $1 AND d0.content IS NOT NULL AND NOT EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $2 AND v0.code = $3) OFFSET 0)) AND (NOT EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND v0.param = $4 OFFSET 0) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $5 AND u.tx > $6))) ORDER BY rid ASC LIMIT $7)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($8)
  AND u.tx > $9) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = $1 AND d0.content IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $2 AND v0.code = $3) OFFSET 0) AND NOT EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND v0.param = $4 OFFSET 0))) ) n0 ) counted

-- a narrow chain: Observation?patient.name=lopez&code=44261-6
Observation: in the order of rid
  driver what refers by id in Observation.patient to Patient (300 rows)
    driver string_index Patient.name {"mode":"begins","folded":"lopez","exact":""} (120 rows)
  filter Observation.code {"kind":"code","code":"44261-6"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM string_index d1 WHERE d1.param = $1 AND (d1.value >= $2 AND d1.value < $3) OFFSET 0) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = $4 AND d0.target_type = $5 AND d0.target_id = t0.id AND (EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $6 AND v0.code = $7) OFFSET 0) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $8 AND u.tx > $9))) ORDER BY rid ASC LIMIT $10)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($11)
  AND u.tx > $12) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM string_index d1 WHERE d1.param = $1 AND (d1.value >= $2 AND d1.value < $3) OFFSET 0) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = $4 AND d0.target_type = $5 AND d0.target_id = t0.id AND EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $6 AND v0.code = $7) OFFSET 0)) ) n0 ) counted

-- a wide chain: Observation?patient.gender=female&code=44261-6
Observation: in the order of rid
  driver what refers by id in Observation.patient to Patient (300 rows)
    driver token_index Patient.gender {"kind":"code","code":"female"}
  filter Observation.code {"kind":"code","code":"44261-6"}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM token_index d1 WHERE (d1.param = $1 AND d1.code = $2) OFFSET 0) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = $3 AND d0.target_type = $4 AND d0.target_id = t0.id AND (EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $5 AND v0.code = $6) OFFSET 0) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $7 AND u.tx > $8))) ORDER BY rid ASC LIMIT $9)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($10)
  AND u.tx > $11) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM token_index d1 WHERE (d1.param = $1 AND d1.code = $2) OFFSET 0) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = $3 AND d0.target_type = $4 AND d0.target_id = t0.id AND EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $5 AND v0.code = $6) OFFSET 0)) ) n0 ) counted

-- a canonical chain: CarePlan?instantiates-canonical:PlanDefinition.title=depression
CarePlan: in the order of rid
  driver union (600 rows)
    driver what refers by id in CarePlan.instantiates-canonical to PlanDefinition (300 rows)
      driver string_index PlanDefinition.title {"mode":"begins","folded":"depression","exact":""}
    driver what refers by url in CarePlan.instantiates-canonical to PlanDefinition (300 rows)
      driver string_index PlanDefinition.title {"mode":"begins","folded":"depression","exact":""}

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = $1 AND (d2.value >= $2 AND d2.value < $3) OFFSET 0) i1 CROSS JOIN resource t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.content IS NOT NULL
  AND d1.param = $4 AND d1.target_type = $5 AND d1.target_id = t1.id UNION ALL SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = $6 AND (d2.value >= $7 AND d2.value < $8) OFFSET 0) i1 CROSS JOIN token_index t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.param = $9
  AND d1.param = $10 AND d1.target_type = 0 AND NOT EXISTS (
  SELECT 1 FROM reference_index d1y WHERE d1y.rid = d1.rid AND d1y.param = d1.param AND d1y.target_type = 0
  AND d1y.target_id > d1.target_id || '|' AND d1y.target_id < d1.target_id || '}') AND d1.target_id = t1.code) d0 WHERE d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $11 AND u.tx > $12) ORDER BY rid ASC LIMIT $13)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($14)
  AND u.tx > $15) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = $1 AND (d2.value >= $2 AND d2.value < $3) OFFSET 0) i1 CROSS JOIN resource t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.content IS NOT NULL
  AND d1.param = $4 AND d1.target_type = $5 AND d1.target_id = t1.id UNION ALL SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM string_index d2 WHERE d2.param = $6 AND (d2.value >= $7 AND d2.value < $8) OFFSET 0) i1 CROSS JOIN token_index t1 CROSS JOIN reference_index d1 WHERE t1.rid = i1.rid AND t1.param = $9
  AND d1.param = $10 AND d1.target_type = 0 AND NOT EXISTS (
  SELECT 1 FROM reference_index d1y WHERE d1y.rid = d1.rid AND d1y.param = d1.param AND d1y.target_type = 0
  AND d1y.target_id > d1.target_id || '|' AND d1y.target_id < d1.target_id || '}') AND d1.target_id = t1.code) d0 WHERE 1 = 1 ) n0 ) counted

-- _has: Patient?_has:Observation:patient:value-quantity=ge20
Patient: in the order of rid
  driver what Observation refers to by id in Observation.patient (300 rows)
    driver quantity_index Observation.value-quantity {"range":{"negated":false,"comparisons":[{"bound":"high","operator":">=","value":20}]},"unit":{"kind":"any"}} (4000 rows)

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d1.rid FROM quantity_index d1 WHERE d1.param = $1 AND (d1.high >= $2 AND d1.canonical = $3) AND d1.low >= $4 UNION ALL SELECT d1.rid FROM quantity_index d1 WHERE d1.param = $5 AND (d1.high >= $6 AND d1.canonical = $7) AND d1.low < $8 AND d1.high > d1.low) d1 WHERE 1 = 1 OFFSET 0) i0 CROSS JOIN reference_index x0 CROSS JOIN resource d0 WHERE (x0.rid = i0.rid AND x0.param = $9 AND x0.target_type = $10
  AND d0.type = $11 AND d0.id = x0.target_id AND d0.content IS NOT NULL AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $12 AND u.tx > $13)) ORDER BY rid ASC LIMIT $14)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($15)
  AND u.tx > $16) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d1.rid FROM quantity_index d1 WHERE d1.param = $1 AND (d1.high >= $2 AND d1.canonical = $3) AND d1.low >= $4 UNION ALL SELECT d1.rid FROM quantity_index d1 WHERE d1.param = $5 AND (d1.high >= $6 AND d1.canonical = $7) AND d1.low < $8 AND d1.high > d1.low) d1 WHERE 1 = 1 OFFSET 0) i0 CROSS JOIN reference_index x0 CROSS JOIN resource d0 WHERE x0.rid = i0.rid AND x0.param = $9 AND x0.target_type = $10
  AND d0.type = $11 AND d0.id = x0.target_id AND d0.content IS NOT NULL ) n0 ) counted

-- _has in a chain: Observation?patient._has:Group:member:_id=study
Observation: in the order of rid
  driver what refers by id in Observation.patient to Patient (300 rows)
    driver what Group refers to by id in Group.member (300 rows)
      driver ids 1 (1 rows)

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM resource d2 WHERE d2.type = $1 AND d2.id = $2 AND d2.content IS NOT NULL OFFSET 0) i1 CROSS JOIN reference_index x1 CROSS JOIN resource d1 WHERE x1.rid = i1.rid AND x1.param = $3 AND x1.target_type = $4
  AND d1.type = $5 AND d1.id = x1.target_id AND d1.content IS NOT NULL OFFSET 0) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE (t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = $6 AND d0.target_type = $7 AND d0.target_id = t0.id AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $8 AND u.tx > $9)) ORDER BY rid ASC LIMIT $10)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($11)
  AND u.tx > $12) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM (SELECT d1.rid AS rid FROM (SELECT d2.rid AS rid FROM resource d2 WHERE d2.type = $1 AND d2.id = $2 AND d2.content IS NOT NULL OFFSET 0) i1 CROSS JOIN reference_index x1 CROSS JOIN resource d1 WHERE x1.rid = i1.rid AND x1.param = $3 AND x1.target_type = $4
  AND d1.type = $5 AND d1.id = x1.target_id AND d1.content IS NOT NULL OFFSET 0) i0 CROSS JOIN resource t0 CROSS JOIN reference_index d0 WHERE t0.rid = i0.rid AND t0.content IS NOT NULL
  AND d0.param = $6 AND d0.target_type = $7 AND d0.target_id = t0.id ) n0 ) counted

-- a filter: Patient?_filter=name co "ope" or not (gender eq male)
Patient: in the order of rid
  driver all of the type
  filter (Patient.name {"mode":"contains","folded":"ope","exact":""} or not Patient.gender {"kind":"code","code":"male"})

WITH page AS MATERIALIZED (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = $1 AND d0.content IS NOT NULL AND ((EXISTS (SELECT 1 FROM string_index v0 WHERE v0.rid = d0.rid AND v0.param = $2 AND replace(v0.value, $3, '') <> v0.value OFFSET 0) OR NOT EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $4 AND v0.code = $5) OFFSET 0)) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $6 AND u.tx > $7))) ORDER BY rid ASC LIMIT $8)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($9)
  AND u.tx > $10) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT  d0.rid AS rid FROM resource d0 WHERE (d0.type = $1 AND d0.content IS NOT NULL AND (EXISTS (SELECT 1 FROM string_index v0 WHERE v0.rid = d0.rid AND v0.param = $2 AND replace(v0.value, $3, '') <> v0.value OFFSET 0) OR NOT EXISTS (SELECT 1 FROM token_index v0 WHERE v0.rid = d0.rid AND (v0.param = $4 AND v0.code = $5) OFFSET 0))) ) n0 ) counted

-- a compartment: Patient/maria/CarePlan?status=active
CarePlan: in the order of rid
  driver token_index CarePlan.status {"kind":"code","code":"active"}
  filter (CarePlan.patient {"kind":"to","local":{"id":"maria","types":[103]},"texts":[]} or CarePlan.performer {"kind":"to","local":{"id":"maria","types":[103]},"texts":[]})

WITH page AS MATERIALIZED (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE ((d0.param = $1 AND d0.code = $2) AND ((EXISTS (SELECT 1 FROM reference_index v0 WHERE v0.rid = d0.rid AND v0.param = $3 AND (v0.target_id = $4 AND v0.target_type = $5) OFFSET 0) OR EXISTS (SELECT 1 FROM reference_index v0 WHERE v0.rid = d0.rid AND v0.param = $6 AND (v0.target_id = $7 AND v0.target_type = $8) OFFSET 0)) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $9 AND u.tx > $10))) ORDER BY rid ASC LIMIT $11)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($12)
  AND u.tx > $13) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM token_index d0 WHERE ((d0.param = $1 AND d0.code = $2) AND (EXISTS (SELECT 1 FROM reference_index v0 WHERE v0.rid = d0.rid AND v0.param = $3 AND (v0.target_id = $4 AND v0.target_type = $5) OFFSET 0) OR EXISTS (SELECT 1 FROM reference_index v0 WHERE v0.rid = d0.rid AND v0.param = $6 AND (v0.target_id = $7 AND v0.target_type = $8) OFFSET 0))) ) n0 ) counted

-- two types: ?_type=Patient,Practitioner&name=lopez
Patient: in the order of rid
  driver string_index Patient.name {"mode":"begins","folded":"lopez","exact":""} (120 rows)
Practitioner: in the order of rid
  driver string_index Practitioner.name {"mode":"begins","folded":"lopez","exact":""} (120 rows)

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = $1 AND (d0.value >= $2 AND d0.value < $3) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $4 AND u.tx > $5)) ORDER BY rid ASC LIMIT $6) b0 UNION ALL SELECT * FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE (d0.param = $7 AND (d0.value >= $8 AND d0.value < $9) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $10 AND u.tx > $11)) ORDER BY rid ASC LIMIT $12) b1) merged ORDER BY rid ASC LIMIT $13)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($14,$15)
  AND u.tx > $16) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE d0.param = $1 AND (d0.value >= $2 AND d0.value < $3) ) n0 UNION ALL SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM string_index d0 WHERE d0.param = $4 AND (d0.value >= $5 AND d0.value < $6) ) n1 ) counted

-- what changed: Patient?_lastUpdated=ge2026-10-01
Patient: the index of the first key in its order, keys tx

WITH page AS MATERIALIZED (SELECT d.rid AS rid, d.tx AS k0
  FROM resource d WHERE (d.type = $1 AND d.content IS NOT NULL AND (d.type = $2 AND (d.tx >= $3) AND d.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $4 AND u.tx > $5)))
  ORDER BY d.tx ASC, d.rid ASC LIMIT $6)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($7)
  AND u.tx > $8) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM resource d0 WHERE d0.type = $1 AND (d0.tx >= $2) AND d0.content IS NOT NULL ) n0 ) counted
