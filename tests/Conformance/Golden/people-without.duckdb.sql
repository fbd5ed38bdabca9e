WITH people AS (
  SELECT DISTINCT coalesce(a.canonical_id, i.user_id) AS user_id
  FROM identity i LEFT JOIN alias a ON a.user_id = i.user_id
  WHERE i.project_id = $c0 AND i.distinct_id <> ''
)
SELECT m.user_id AS user_id
FROM people m
ANTI JOIN (
  SELECT user_id FROM (
    SELECT user_id
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = $c0
        AND e.user_id IS NOT NULL
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c1)
        AND e.time <= CAST($c2 AS TIMESTAMP)
    ) e
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
    GROUP BY user_id
    HAVING NOT (count(*) <= CAST($c5 AS DOUBLE))
  ) u1
) x0 ON x0.user_id = m.user_id
-- c0 = 0
-- c1 = "Buy"
-- c2 = "2026-11-23T14:36:01"
-- c3 = "View"
-- c4 = "2026-11-23T14:36:01"
-- c5 = 3
