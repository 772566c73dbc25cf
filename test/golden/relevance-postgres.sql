-- the best first: Patient?_content=sleep worries&_sort=_score
Patient: all candidates, put in order, keys -score
  driver content_text Patient._content {"kind":"words","code":"_content","all":[[{"words":"sleep","begins":false}],[{"words":"worries","begins":false}]],"none":[]}

WITH page AS MATERIALIZED (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0 FROM (SELECT c.rid AS rid, (SELECT CAST(coalesce(sum(1000 * n / (n + 1)), 0) AS bigint)
  FROM (SELECT CAST(least(coalesce(sum((SELECT count(*) FROM unnest(u.positions) p WHERE p <= 16382)), 0), 100) AS bigint) AS n FROM content_text t CROSS JOIN unnest(ts_filter(setweight(t.words, 'A', ARRAY[$1,$2]), '{a}')) u
  WHERE t.param = $3 AND t.rid = c.rid GROUP BY u.lexeme) o) AS points FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE (d0.param = $4 AND d0.words @@ to_tsquery('simple', $5) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $6 AND u.tx > $7))) c OFFSET 0) c) s
  WHERE 1 = 1 ORDER BY s.k0 DESC NULLS LAST, s.rid ASC LIMIT $8)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($9)
  AND u.tx > $10) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE d0.param = $1 AND d0.words @@ to_tsquery('simple', $2) ) n0 ) counted

-- words of both texts, their beginnings, and another key; the second page: Patient?_text="sleeps badly" OR oper*&_content=night&_sort=_score,family
Patient: all candidates, put in order, keys -score, Patient.family
  driver narrative_text Patient._text {"kind":"words","code":"_text","all":[[{"words":"sleeps badly","begins":false},{"words":"oper","begins":true}]],"none":[]}
  filter Patient._content {"kind":"words","code":"_content","all":[[{"words":"night","begins":false}]],"none":[]}

WITH page AS MATERIALIZED (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0, (SELECT min(k1.value) FROM string_index k1
  WHERE k1.rid = c.rid AND k1.param = $1) AS k1 FROM (SELECT c.rid AS rid, (SELECT CAST(coalesce(sum(1000 * n / (n + 1)), 0) AS bigint)
  FROM (SELECT CAST(least(coalesce(sum((SELECT count(*) FROM unnest(u.positions) p WHERE p <= 16382)), 0), 100) AS bigint) AS n FROM narrative_text t CROSS JOIN unnest(ts_filter(setweight(t.words, 'A', ARRAY[$2,$3]), '{a}')) u
  WHERE t.param = $4 AND t.rid = c.rid GROUP BY u.lexeme UNION ALL SELECT CAST(least(coalesce(sum((SELECT count(*) FROM unnest(u.positions) p WHERE p <= 16382)), 0), 100) AS bigint) AS n FROM narrative_text t CROSS JOIN unnest(t.words) u
  WHERE t.param = $5 AND t.rid = c.rid AND starts_with(u.lexeme, $6) UNION ALL SELECT CAST(least(coalesce(sum((SELECT count(*) FROM unnest(u.positions) p WHERE p <= 16382)), 0), 100) AS bigint) AS n FROM content_text t CROSS JOIN unnest(ts_filter(setweight(t.words, 'A', ARRAY[$7]), '{a}')) u
  WHERE t.param = $8 AND t.rid = c.rid GROUP BY u.lexeme) o) AS points FROM (SELECT DISTINCT d0.rid AS rid FROM narrative_text d0 WHERE (d0.param = $9 AND d0.words @@ to_tsquery('simple', $10) AND (EXISTS (SELECT 1 FROM content_text v0 WHERE v0.rid = d0.rid AND v0.param = $11 AND v0.words @@ to_tsquery('simple', $12) OFFSET 0) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $13 AND u.tx > $14)))) c OFFSET 0) c) s
  WHERE (s.k0 < $15 OR (s.k0 = $16 AND (s.k1 > $17 OR (s.k1 = $18 AND s.rid > $19) OR s.k1 IS NULL)) OR s.k0 IS NULL) ORDER BY s.k0 DESC NULLS LAST, s.k1 ASC NULLS LAST, s.rid ASC LIMIT $20)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0, page.k1,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($21)
  AND u.tx > $22) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC NULLS LAST, page.k1 ASC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM narrative_text d0 WHERE (d0.param = $1 AND d0.words @@ to_tsquery('simple', $2) AND EXISTS (SELECT 1 FROM content_text v0 WHERE v0.rid = d0.rid AND v0.param = $3 AND v0.words @@ to_tsquery('simple', $4) OFFSET 0)) ) n0 ) counted

-- the least relevant of two types first: ?_type=Flag,Patient&_content=sleep&_sort=-_score
Flag: all candidates, put in order, keys score
  driver content_text Flag._content {"kind":"words","code":"_content","all":[[{"words":"sleep","begins":false}]],"none":[]}
Patient: all candidates, put in order, keys score
  driver content_text Patient._content {"kind":"words","code":"_content","all":[[{"words":"sleep","begins":false}]],"none":[]}

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0 FROM (SELECT c.rid AS rid, (SELECT CAST(coalesce(sum(1000 * n / (n + 1)), 0) AS bigint)
  FROM (SELECT CAST(least(coalesce(sum((SELECT count(*) FROM unnest(u.positions) p WHERE p <= 16382)), 0), 100) AS bigint) AS n FROM content_text t CROSS JOIN unnest(ts_filter(setweight(t.words, 'A', ARRAY[$1]), '{a}')) u
  WHERE t.param = $2 AND t.rid = c.rid GROUP BY u.lexeme) o) AS points FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE (d0.param = $3 AND d0.words @@ to_tsquery('simple', $4) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $5 AND u.tx > $6))) c OFFSET 0) c) s
  WHERE 1 = 1 ORDER BY s.k0 ASC NULLS LAST, s.rid ASC LIMIT $7) b0 UNION ALL SELECT * FROM (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0 FROM (SELECT c.rid AS rid, (SELECT CAST(coalesce(sum(1000 * n / (n + 1)), 0) AS bigint)
  FROM (SELECT CAST(least(coalesce(sum((SELECT count(*) FROM unnest(u.positions) p WHERE p <= 16382)), 0), 100) AS bigint) AS n FROM content_text t CROSS JOIN unnest(ts_filter(setweight(t.words, 'A', ARRAY[$8]), '{a}')) u
  WHERE t.param = $9 AND t.rid = c.rid GROUP BY u.lexeme) o) AS points FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE (d0.param = $10 AND d0.words @@ to_tsquery('simple', $11) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = $12 AND u.tx > $13))) c OFFSET 0) c) s
  WHERE 1 = 1 ORDER BY s.k0 ASC NULLS LAST, s.rid ASC LIMIT $14) b1) merged ORDER BY k0 ASC NULLS LAST, rid ASC LIMIT $15)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN ($16,$17)
  AND u.tx > $18) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE d0.param = $1 AND d0.words @@ to_tsquery('simple', $2) ) n0 UNION ALL SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE d0.param = $3 AND d0.words @@ to_tsquery('simple', $4) ) n1 ) counted
