WITH range_0 AS MATERIALIZED (
  SELECT user_id,
         count(*) AS m0,
         coalesce(bitCount(groupBitOr(bitShiftLeft(toUInt64(1), toInt32(toDate32(time + CASE WHEN time >= {c4:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) ELSE toIntervalSecond(7200) END)) - {c5:Int64})) FILTER (WHERE coalesce(CASE WHEN startsWith(v0, '[') THEN arrayExists(x -> (CASE WHEN startsWith(x, '"') THEN CASE WHEN match(x, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(x, 2, length(x) - 2)) END ELSE toFloat64OrNull(x) END + 0) > {c3:Float64}, arrayConcat(JSONExtractArrayRaw(ifNull(v0, '')), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))))))) ELSE (CASE WHEN startsWith(v0, '"') THEN CASE WHEN match(v0, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(v0, 2, length(v0) - 2)) END ELSE toFloat64OrNull(v0) END + 0) > {c3:Float64} END, false))), 0) AS m1,
         CASE WHEN isFinite(sumKahan((CASE WHEN startsWith(v0, '"') THEN CASE WHEN match(v0, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(v0, 2, length(v0) - 2)) END ELSE toFloat64OrNull(v0) END + 0))) THEN sumKahan((CASE WHEN startsWith(v0, '"') THEN CASE WHEN match(v0, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(v0, 2, length(v0) - 2)) END ELSE toFloat64OrNull(v0) END + 0)) ELSE sum((CASE WHEN startsWith(v0, '"') THEN CASE WHEN match(v0, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(v0, 2, length(v0) - 2)) END ELSE toFloat64OrNull(v0) END + 0)) END AS m2
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time,
           nullIf(nullIf(e.properties[{c2:String}], ''), 'null') AS v0
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = {c0:Int64}
      AND e.user_id <> 0
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c8:String})
      AND e.time <= {c9:DateTime64(6, 'UTC')}
      AND e.time >= {c10:DateTime64(6, 'UTC')}
  ) e
  GROUP BY user_id
)
SELECT m.user_id AS user_id
FROM (
  SELECT user_id
  FROM range_0
  WHERE m0 >= {c1:Float64}
) m
LEFT SEMI JOIN (
  SELECT user_id
  FROM range_0
  WHERE m1 >= {c6:Float64}
) i0 ON i0.user_id = m.user_id
LEFT ANTI JOIN (
  SELECT user_id
  FROM range_0
  WHERE NOT isNaN(m2) AND m2 > {c7:Float64}
) o0 ON o0.user_id = m.user_id
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = 3
-- c2 = "/amount"
-- c3 = 50
-- c4 = "2026-10-25T01:00:00Z"
-- c5 = 20749
-- c6 = 2
-- c7 = 1000
-- c8 = "Buy"
-- c9 = "2026-11-23T14:36:01Z"
-- c10 = "2026-10-24T14:36:01Z"
