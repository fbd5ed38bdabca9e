WITH people AS MATERIALIZED (
  SELECT DISTINCT coalesce(a.canonical_id, i.user_id) AS user_id
  FROM identity i LEFT JOIN alias a ON a.user_id = i.user_id
  WHERE i.project_id = {c0:Int64} AND i.distinct_id <> ''
)
SELECT m.user_id AS user_id
FROM people m
LEFT ANTI JOIN (
  SELECT user_id FROM (
    SELECT user_id
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = {c0:Int64}
        AND e.user_id <> 0
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c1:String})
        AND e.time <= {c2:DateTime64(6, 'UTC')}
    ) e
  ) u0
  UNION DISTINCT
  SELECT user_id FROM (
    SELECT user_id
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = {c0:Int64}
        AND e.user_id <> 0
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c3:String})
        AND e.time <= {c4:DateTime64(6, 'UTC')}
    ) e
    GROUP BY user_id
    HAVING NOT (count(*) <= {c5:Float64})
  ) u1
) x0 ON x0.user_id = m.user_id
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "Buy"
-- c2 = "2026-11-23T14:36:01Z"
-- c3 = "View"
-- c4 = "2026-11-23T14:36:01Z"
-- c5 = 3
