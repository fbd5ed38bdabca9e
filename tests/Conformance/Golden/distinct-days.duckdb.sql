SELECT m.user_id AS user_id
FROM (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.time <= CAST($c1 AS TIMESTAMP)
      AND e.time >= CAST($c2 AS TIMESTAMP)
  ) e
  GROUP BY user_id
  HAVING coalesce(bit_count(bit_or(CAST(1 AS BIGINT) << (CAST(time + CASE WHEN time >= CAST($c3 AS TIMESTAMP) THEN to_seconds(3600) ELSE to_seconds(7200) END AS DATE) - CAST($c4 AS DATE)))), 0) >= CAST($c5 AS DOUBLE)
) m
SEMI JOIN (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c6)
      AND e.time <= CAST($c7 AS TIMESTAMP)
      AND e.time >= CAST($c8 AS TIMESTAMP)
  ) e
  GROUP BY user_id
  HAVING count(DISTINCT CAST(time + CASE WHEN time >= CAST($c9 AS TIMESTAMP) THEN to_seconds(3600) ELSE to_seconds(7200) END AS DATE)) >= CAST($c10 AS DOUBLE)
) i0 ON i0.user_id = m.user_id
-- c0 = 0
-- c1 = "2026-10-31T22:59:59.999999"
-- c2 = "2026-10-19T22:00:00"
-- c3 = "2026-10-25T01:00:00"
-- c4 = "2026-10-18"
-- c5 = 5
-- c6 = "Open"
-- c7 = "2026-11-23T14:36:01"
-- c8 = "2026-05-23T13:36:01"
-- c9 = "2026-10-25T01:00:00"
-- c10 = 5
