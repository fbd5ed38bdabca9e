SELECT DISTINCT user_id
FROM (
  SELECT n.user_id AS user_id, n.time AS time, c.started AS started
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = {c0:Int64}
      AND e.user_id <> 0
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c9:String})
      AND e.time <= {c10:DateTime64(6, 'UTC')}
      AND e.time >= {c11:DateTime64(6, 'UTC')}
  ) n
  ASOF JOIN (
    SELECT n.user_id AS user_id, n.time AS time, c.started AS started
    FROM (
      SELECT user_id, time
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time,
               nullIf(nullIf(e.properties[{c4:String}], ''), 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = {c0:Int64}
          AND e.user_id <> 0
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c6:String})
          AND e.time <= {c7:DateTime64(6, 'UTC')}
          AND e.time >= {c8:DateTime64(6, 'UTC')}
      ) r
      WHERE coalesce(CASE WHEN startsWith(v0, '[') THEN arrayExists(x -> (x IN ({c5:String})), arrayConcat(JSONExtractArrayRaw(ifNull(v0, '')), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))))))) ELSE (v0 IN ({c5:String})) END, false)
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
  ) c ON c.user_id = n.user_id AND n.time > c.time
) s
WHERE toUnixTimestamp64Micro(time) - toUnixTimestamp64Micro(started) <= {c12:Int64}
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "Sign Up"
-- c2 = "2026-11-23T14:36:01Z"
-- c3 = "2026-08-23T13:36:01Z"
-- c4 = "/page"
-- c5 = "\"pricing\""
-- c6 = "View"
-- c7 = "2026-11-23T14:36:01Z"
-- c8 = "2026-08-23T13:36:01Z"
-- c9 = "Buy"
-- c10 = "2026-11-23T14:36:01Z"
-- c11 = "2026-08-23T13:36:01Z"
-- c12 = 259200000000
