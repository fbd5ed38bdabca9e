SELECT DISTINCT user_id
FROM (
  SELECT n.user_id AS user_id, n.time AS time, c.started AS started
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c9)
      AND e.time <= CAST($c10 AS TIMESTAMP)
      AND e.time >= CAST($c11 AS TIMESTAMP)
  ) n
  ASOF JOIN (
    SELECT n.user_id AS user_id, n.time AS time, c.started AS started
    FROM (
      SELECT user_id, time
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time,
               nullif(json_extract(e.properties, $c4)::VARCHAR, 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = $c0
          AND e.user_id IS NOT NULL
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c6)
          AND e.time <= CAST($c7 AS TIMESTAMP)
          AND e.time >= CAST($c8 AS TIMESTAMP)
      ) r
      WHERE coalesce(CASE WHEN starts_with(v0, '[') THEN len(list_filter(flatten([json_extract(v0, '$[*]'), json_extract(v0, '$[*][*]'), json_extract(v0, '$[*][*][*]'), json_extract(v0, '$[*][*][*][*]')])::VARCHAR[], lambda x: (x IN ($c5)))) > 0 ELSE (v0 IN ($c5)) END, false)
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
  ) c ON c.user_id = n.user_id AND n.time > c.time
) s
WHERE epoch_us(time) - epoch_us(started) <= $c12
-- c0 = 0
-- c1 = "Sign Up"
-- c2 = "2026-11-23T14:36:01"
-- c3 = "2026-08-23T13:36:01"
-- c4 = "/page"
-- c5 = "\"pricing\""
-- c6 = "View"
-- c7 = "2026-11-23T14:36:01"
-- c8 = "2026-08-23T13:36:01"
-- c9 = "Buy"
-- c10 = "2026-11-23T14:36:01"
-- c11 = "2026-08-23T13:36:01"
-- c12 = 259200000000
