SELECT m.user_id AS user_id
FROM (
  SELECT user_id
  FROM (
    SELECT p.user_id,
           nullif(json_extract(p.properties, $c1)::VARCHAR, 'null') AS v0,
           nullif(json_extract(p.properties, $c5)::VARCHAR, 'null') AS v1
    FROM profile p
    WHERE p.project_id = $c0
  ) p
  WHERE (coalesce(CASE WHEN starts_with(v0, '[') THEN len(list_filter(flatten([json_extract(v0, '$[*]'), json_extract(v0, '$[*][*]'), json_extract(v0, '$[*][*][*]'), json_extract(v0, '$[*][*][*][*]')])::VARCHAR[], lambda x: (x IN ($c2, $c3) OR (CASE WHEN starts_with(x, '"') THEN CASE WHEN regexp_full_match(x, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(x, '"') AS DOUBLE) END ELSE TRY_CAST(x AS DOUBLE) END) IN (CAST($c4 AS DOUBLE)) OR x = 'true'))) > 0 ELSE (v0 IN ($c2, $c3) OR (CASE WHEN starts_with(v0, '"') THEN CASE WHEN regexp_full_match(v0, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(v0, '"') AS DOUBLE) END ELSE TRY_CAST(v0 AS DOUBLE) END) IN (CAST($c4 AS DOUBLE)) OR v0 = 'true') END, false) AND coalesce(CASE WHEN starts_with(v1, '[') THEN len(list_filter(flatten([json_extract(v1, '$[*]'), json_extract(v1, '$[*][*]'), json_extract(v1, '$[*][*][*]'), json_extract(v1, '$[*][*][*][*]')])::VARCHAR[], lambda x: (CASE WHEN starts_with(x, '"') THEN CASE WHEN regexp_full_match(x, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(x, '"') AS DOUBLE) END ELSE TRY_CAST(x AS DOUBLE) END) >= CAST($c6 AS DOUBLE))) > 0 ELSE (CASE WHEN starts_with(v1, '"') THEN CASE WHEN regexp_full_match(v1, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(v1, '"') AS DOUBLE) END ELSE TRY_CAST(v1 AS DOUBLE) END) >= CAST($c6 AS DOUBLE) END, false))
) m
SEMI JOIN (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c7)
      AND e.time <= CAST($c8 AS TIMESTAMP)
      AND e.time >= CAST($c9 AS TIMESTAMP)
  ) e
  GROUP BY user_id
  HAVING count(*) > CAST($c10 AS DOUBLE)
) i0 ON i0.user_id = m.user_id
-- c0 = 0
-- c1 = "/plan"
-- c2 = "\"pro\""
-- c3 = "\"team\""
-- c4 = 5
-- c5 = "/seats"
-- c6 = 5
-- c7 = "Buy"
-- c8 = "2026-11-23T14:36:01"
-- c9 = "2026-11-16T14:36:01"
-- c10 = 10
