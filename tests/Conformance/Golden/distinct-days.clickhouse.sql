SELECT m.user_id AS user_id
FROM (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = {c0:Int64}
      AND e.user_id <> 0
      AND e.time <= {c1:DateTime64(6, 'UTC')}
      AND e.time >= {c2:DateTime64(6, 'UTC')}
  ) e
  GROUP BY user_id
  HAVING coalesce(bitCount(groupBitOr(bitShiftLeft(toUInt64(1), toInt32(toDate32(time + CASE WHEN time >= {c3:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) ELSE toIntervalSecond(7200) END)) - {c4:Int64}))), 0) >= {c5:Float64}
) m
LEFT SEMI JOIN (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = {c0:Int64}
      AND e.user_id <> 0
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c6:String})
      AND e.time <= {c7:DateTime64(6, 'UTC')}
      AND e.time >= {c8:DateTime64(6, 'UTC')}
  ) e
  GROUP BY user_id
  HAVING count(DISTINCT toDate32(time + CASE WHEN time >= {c9:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) ELSE toIntervalSecond(7200) END)) >= {c10:Float64}
) i0 ON i0.user_id = m.user_id
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "2026-10-31T22:59:59.999999Z"
-- c2 = "2026-10-19T22:00:00Z"
-- c3 = "2026-10-25T01:00:00Z"
-- c4 = 20744
-- c5 = 5
-- c6 = "Open"
-- c7 = "2026-11-23T14:36:01Z"
-- c8 = "2026-05-23T13:36:01Z"
-- c9 = "2026-10-25T01:00:00Z"
-- c10 = 5
