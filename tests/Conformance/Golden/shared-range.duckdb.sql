WITH range_0 AS MATERIALIZED (
  SELECT user_id,
         count(*) AS m0,
         coalesce(bit_count(bit_or(CAST(1 AS BIGINT) << (CAST(time + CASE WHEN time >= CAST($c4 AS TIMESTAMP) THEN to_seconds(3600) ELSE to_seconds(7200) END AS DATE) - CAST($c5 AS DATE))) FILTER (WHERE coalesce(CASE WHEN starts_with(v0, '[') THEN len(list_filter(flatten([json_extract(v0, '$[*]'), json_extract(v0, '$[*][*]'), json_extract(v0, '$[*][*][*]'), json_extract(v0, '$[*][*][*][*]')])::VARCHAR[], lambda x: (CASE WHEN starts_with(x, '"') THEN CASE WHEN regexp_full_match(x, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(x, '"') AS DOUBLE) END ELSE TRY_CAST(x AS DOUBLE) END) > CAST($c3 AS DOUBLE))) > 0 ELSE (CASE WHEN starts_with(v0, '"') THEN CASE WHEN regexp_full_match(v0, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(v0, '"') AS DOUBLE) END ELSE TRY_CAST(v0 AS DOUBLE) END) > CAST($c3 AS DOUBLE) END, false))), 0) AS m1,
         CASE WHEN isfinite(fsum((CASE WHEN starts_with(v0, '"') THEN CASE WHEN regexp_full_match(v0, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(v0, '"') AS DOUBLE) END ELSE TRY_CAST(v0 AS DOUBLE) END))) THEN fsum((CASE WHEN starts_with(v0, '"') THEN CASE WHEN regexp_full_match(v0, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(v0, '"') AS DOUBLE) END ELSE TRY_CAST(v0 AS DOUBLE) END)) ELSE sum((CASE WHEN starts_with(v0, '"') THEN CASE WHEN regexp_full_match(v0, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(v0, '"') AS DOUBLE) END ELSE TRY_CAST(v0 AS DOUBLE) END)) END AS m2
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time,
           nullif(json_extract(e.properties, $c2)::VARCHAR, 'null') AS v0
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c8)
      AND e.time <= CAST($c9 AS TIMESTAMP)
      AND e.time >= CAST($c10 AS TIMESTAMP)
  ) e
  GROUP BY user_id
)
SELECT m.user_id AS user_id
FROM (
  SELECT user_id
  FROM range_0
  WHERE m0 >= CAST($c1 AS DOUBLE)
) m
SEMI JOIN (
  SELECT user_id
  FROM range_0
  WHERE m1 >= CAST($c6 AS DOUBLE)
) i0 ON i0.user_id = m.user_id
ANTI JOIN (
  SELECT user_id
  FROM range_0
  WHERE NOT isnan(m2) AND m2 > CAST($c7 AS DOUBLE)
) o0 ON o0.user_id = m.user_id
-- c0 = 0
-- c1 = 3
-- c2 = "/amount"
-- c3 = 50
-- c4 = "2026-10-25T01:00:00"
-- c5 = "2026-10-23"
-- c6 = 2
-- c7 = 1000
-- c8 = "Buy"
-- c9 = "2026-11-23T14:36:01"
-- c10 = "2026-10-24T14:36:01"
