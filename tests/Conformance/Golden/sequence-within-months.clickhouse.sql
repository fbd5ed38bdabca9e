SELECT DISTINCT user_id
FROM (
  SELECT user_id, started, time + CASE WHEN time >= {c7:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) ELSE toIntervalSecond(7200) END - toIntervalMonth({c9:Int64}) AS wall
  FROM (
    SELECT n.user_id AS user_id, n.time AS time, c.started AS started
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = {c0:Int64}
        AND e.user_id <> 0
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c4:String})
        AND e.time <= {c5:DateTime64(6, 'UTC')}
        AND e.time >= {c6:DateTime64(6, 'UTC')}
    ) n
    ASOF JOIN (
      SELECT user_id, time, time AS started
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = {c0:Int64}
          AND e.user_id <> 0
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c1:String})
          AND e.time <= {c2:DateTime64(6, 'UTC')}
          AND e.time >= {c3:DateTime64(6, 'UTC')}
      ) e
    ) c ON c.user_id = n.user_id AND n.time > c.time
  ) s
) s
WHERE started >= wall - CASE WHEN wall >= {c8:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) ELSE toIntervalSecond(7200) END
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "Sign Up"
-- c2 = "2026-11-23T14:36:01Z"
-- c3 = "2026-05-31T22:00:00Z"
-- c4 = "Buy"
-- c5 = "2026-11-23T14:36:01Z"
-- c6 = "2026-05-31T22:00:00Z"
-- c7 = "2026-10-25T01:00:00Z"
-- c8 = "2026-10-25T03:00:00Z"
-- c9 = 1
