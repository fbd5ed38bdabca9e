SELECT DISTINCT user_id
FROM (
  SELECT user_id, started, time + CASE WHEN time >= CAST($c7 AS TIMESTAMP) THEN to_seconds(3600) ELSE to_seconds(7200) END - to_months($c9) AS wall
  FROM (
    SELECT n.user_id AS user_id, n.time AS time, c.started AS started
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = $c0
        AND e.user_id IS NOT NULL
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c4)
        AND e.time <= CAST($c5 AS TIMESTAMP)
        AND e.time >= CAST($c6 AS TIMESTAMP)
    ) n
    ASOF JOIN (
      SELECT user_id, time, time AS started
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = $c0
          AND e.user_id IS NOT NULL
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c1)
          AND e.time <= CAST($c2 AS TIMESTAMP)
          AND e.time >= CAST($c3 AS TIMESTAMP)
      ) e
    ) c ON c.user_id = n.user_id AND n.time > c.time
  ) s
) s
WHERE started >= wall - CASE WHEN wall >= CAST($c8 AS TIMESTAMP) THEN to_seconds(3600) ELSE to_seconds(7200) END
-- c0 = 0
-- c1 = "Sign Up"
-- c2 = "2026-11-23T14:36:01"
-- c3 = "2026-05-31T22:00:00"
-- c4 = "Buy"
-- c5 = "2026-11-23T14:36:01"
-- c6 = "2026-05-31T22:00:00"
-- c7 = "2026-10-25T01:00:00"
-- c8 = "2026-10-25T03:00:00"
-- c9 = 1
