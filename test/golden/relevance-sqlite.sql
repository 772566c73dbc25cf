-- the best first: Patient?_content=sleep worries&_sort=_score
Patient: all candidates, put in order, keys -score
  driver content_text Patient._content {"kind":"words","code":"_content","all":[[{"words":"sleep","begins":false}],[{"words":"worries","begins":false}]],"none":[]}

WITH page AS MATERIALIZED (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0 FROM (SELECT rid, sum(points) AS points FROM (
  SELECT rid, 0 AS points, 1 AS candidate FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE (d0.param = ? AND d0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)))
  UNION ALL SELECT rid, 1000 * n / (n + 1), 0 FROM (SELECT doc AS rid, min(count(*), 100) AS n
  FROM content_text_places WHERE term IN (?,?) AND "offset" < 16382 GROUP BY doc, term))
  GROUP BY rid HAVING sum(candidate) > 0) c) s
  WHERE 1 = 1 ORDER BY s.k0 DESC NULLS LAST, s.rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE d0.param = ? AND d0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) ) n0 ) counted

-- words of both texts, their beginnings, and another key; the second page: Patient?_text="sleeps badly" OR oper*&_content=night&_sort=_score,family
Patient: all candidates, put in order, keys -score, Patient.family
  driver narrative_text Patient._text {"kind":"words","code":"_text","all":[[{"words":"sleeps badly","begins":false},{"words":"oper","begins":true}]],"none":[]}
  filter Patient._content {"kind":"words","code":"_content","all":[[{"words":"night","begins":false}]],"none":[]}

WITH page AS MATERIALIZED (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0, (SELECT min(k1.value) FROM string_index k1 INDEXED BY string_index_by_resource
  WHERE k1.rid = c.rid AND k1.param = ?) AS k1 FROM (SELECT rid, sum(points) AS points FROM (
  SELECT rid, 0 AS points, 1 AS candidate FROM (SELECT DISTINCT d0.rid AS rid FROM narrative_text d0 WHERE (d0.param = ? AND d0.rid IN (SELECT rowid FROM narrative_text_words WHERE narrative_text_words MATCH ?) AND (EXISTS (SELECT 1 FROM content_text v0 INDEXED BY content_text_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND v0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) ) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?))))
  UNION ALL SELECT rid, 1000 * n / (n + 1), 0 FROM (SELECT doc AS rid, min(count(*), 100) AS n
  FROM narrative_text_places WHERE term IN (?,?) AND "offset" < 16382 GROUP BY doc, term UNION ALL SELECT doc AS rid, min(count(*), 100) AS n
  FROM narrative_text_places WHERE term >= ? AND term < ? AND "offset" < 16382 GROUP BY doc UNION ALL SELECT doc AS rid, min(count(*), 100) AS n
  FROM content_text_places WHERE term IN (?) AND "offset" < 16382 GROUP BY doc, term))
  GROUP BY rid HAVING sum(candidate) > 0) c) s
  WHERE (s.k0 < ? OR (s.k0 = ? AND (s.k1 > ? OR (s.k1 = ? AND s.rid > ?) OR s.k1 IS NULL)) OR s.k0 IS NULL) ORDER BY s.k0 DESC NULLS LAST, s.k1 ASC NULLS LAST, s.rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0, page.k1,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 DESC NULLS LAST, page.k1 ASC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM narrative_text d0 WHERE (d0.param = ? AND d0.rid IN (SELECT rowid FROM narrative_text_words WHERE narrative_text_words MATCH ?) AND EXISTS (SELECT 1 FROM content_text v0 INDEXED BY content_text_by_resource WHERE v0.rid = d0.rid AND v0.param = ? AND v0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) )) ) n0 ) counted

-- the least relevant of two types first: ?_type=Flag,Patient&_content=sleep&_sort=-_score
Flag: all candidates, put in order, keys score
  driver content_text Flag._content {"kind":"words","code":"_content","all":[[{"words":"sleep","begins":false}]],"none":[]}
Patient: all candidates, put in order, keys score
  driver content_text Patient._content {"kind":"words","code":"_content","all":[[{"words":"sleep","begins":false}]],"none":[]}

WITH page AS MATERIALIZED (SELECT * FROM (SELECT * FROM (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0 FROM (SELECT rid, sum(points) AS points FROM (
  SELECT rid, 0 AS points, 1 AS candidate FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE (d0.param = ? AND d0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)))
  UNION ALL SELECT rid, 1000 * n / (n + 1), 0 FROM (SELECT doc AS rid, min(count(*), 100) AS n
  FROM content_text_places WHERE term IN (?) AND "offset" < 16382 GROUP BY doc, term))
  GROUP BY rid HAVING sum(candidate) > 0) c) s
  WHERE 1 = 1 ORDER BY s.k0 ASC NULLS LAST, s.rid ASC LIMIT ?) b0 UNION ALL SELECT * FROM (SELECT s.* FROM (SELECT c.rid AS rid, c.points AS k0 FROM (SELECT rid, sum(points) AS points FROM (
  SELECT rid, 0 AS points, 1 AS candidate FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE (d0.param = ? AND d0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) AND d0.rid NOT IN (SELECT u.rid FROM resource u WHERE u.type = ? AND u.tx > ?)))
  UNION ALL SELECT rid, 1000 * n / (n + 1), 0 FROM (SELECT doc AS rid, min(count(*), 100) AS n
  FROM content_text_places WHERE term IN (?) AND "offset" < 16382 GROUP BY doc, term))
  GROUP BY rid HAVING sum(candidate) > 0) c) s
  WHERE 1 = 1 ORDER BY s.k0 ASC NULLS LAST, s.rid ASC LIMIT ?) b1) merged ORDER BY k0 ASC NULLS LAST, rid ASC LIMIT ?)
  SELECT r.rid, r.type, r.id, r.version, r.tx, r.method, r.content, page.k0,
  CASE WHEN EXISTS (SELECT 1 FROM resource u WHERE u.type IN (?,?)
  AND u.tx > ?) THEN 1 ELSE 0 END AS changed
  FROM page CROSS JOIN resource r WHERE r.rid = page.rid ORDER BY page.k0 ASC NULLS LAST, page.rid ASC

SELECT count(*) AS total FROM (SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE d0.param = ? AND d0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) ) n0 UNION ALL SELECT rid FROM (SELECT DISTINCT d0.rid AS rid FROM content_text d0 WHERE d0.param = ? AND d0.rid IN (SELECT rowid FROM content_text_words WHERE content_text_words MATCH ?) ) n1 ) counted
