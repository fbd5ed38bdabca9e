SELECT user_id
FROM (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
           nullif(json_extract(e.properties, $c1)::VARCHAR, 'null') AS v0,
           nullif(json_extract(e.properties, $c3)::VARCHAR, 'null') AS v1
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c5)
      AND e.time <= CAST($c6 AS TIMESTAMP)
  ) r
  WHERE coalesce(CASE WHEN starts_with(v0, '[') THEN len(list_filter(flatten([json_extract(v0, '$[*]'), json_extract(v0, '$[*][*]'), json_extract(v0, '$[*][*][*]'), json_extract(v0, '$[*][*][*][*]')])::VARCHAR[], lambda x: (CASE WHEN starts_with(x, '"') THEN CASE WHEN regexp_full_match(x, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(x, '"') AS DOUBLE) END ELSE TRY_CAST(x AS DOUBLE) END) >= CAST($c2 AS DOUBLE))) > 0 ELSE (CASE WHEN starts_with(v0, '"') THEN CASE WHEN regexp_full_match(v0, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(v0, '"') AS DOUBLE) END ELSE TRY_CAST(v0 AS DOUBLE) END) >= CAST($c2 AS DOUBLE) END, false)
    AND NOT coalesce(CASE WHEN starts_with(v1, '[') THEN len(list_filter(flatten([json_extract(v1, '$[*]'), json_extract(v1, '$[*][*]'), json_extract(v1, '$[*][*][*]'), json_extract(v1, '$[*][*][*][*]')])::VARCHAR[], lambda x: (x IN ($c4)))) > 0 ELSE (v1 IN ($c4)) END, false)
) e
GROUP BY user_id
HAVING count(*) >= CAST($c7 AS DOUBLE)
-- c0 = 0
-- c1 = "/amount"
-- c2 = 20
-- c3 = "/tags"
-- c4 = "\"gift\""
-- c5 = "Buy"
-- c6 = "2026-11-23T14:36:01"
-- c7 = 3
