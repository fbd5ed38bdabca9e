WITH cohort_7 AS (
  SELECT user_id FROM (
    SELECT user_id
    FROM (
      SELECT p.user_id,
             nullif(json_extract(p.properties, $c1)::VARCHAR, 'null') AS v0
      FROM profile p
      WHERE p.project_id = $c0
    ) p
    WHERE (coalesce(CASE WHEN starts_with(v0, '[') THEN len(list_filter(flatten([json_extract(v0, '$[*]'), json_extract(v0, '$[*][*]'), json_extract(v0, '$[*][*][*]'), json_extract(v0, '$[*][*][*][*]')])::VARCHAR[], lambda x: (x IN ($c2)))) > 0 ELSE (v0 IN ($c2)) END, false))
  ) u0
  UNION
  SELECT user_id FROM (
    SELECT user_id
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = $c0
        AND e.user_id IS NOT NULL
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c3)
        AND e.time <= CAST($c4 AS TIMESTAMP)
    ) e
  ) u1
)
SELECT m.user_id AS user_id
FROM (
  SELECT user_id FROM cohort_7
) m
ANTI JOIN (
  SELECT m.user_id AS user_id
  FROM (
    SELECT user_id FROM cohort_7
  ) m
  ANTI JOIN (
    SELECT user_id
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = $c0
        AND e.user_id IS NOT NULL
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c5)
        AND e.time <= CAST($c6 AS TIMESTAMP)
    ) e
  ) o0 ON o0.user_id = m.user_id
) o0 ON o0.user_id = m.user_id
-- c0 = 0
-- c1 = "/plan"
-- c2 = "\"pro\""
-- c3 = "Buy"
-- c4 = "2026-11-23T14:36:01"
-- c5 = "View"
-- c6 = "2026-11-23T14:36:01"
