SELECT m.user_id AS user_id
FROM (
  SELECT user_id
  FROM (
    SELECT p.user_id,
           nullIf(nullIf(p.properties[{c1:String}], ''), 'null') AS v0,
           nullIf(nullIf(p.properties[{c5:String}], ''), 'null') AS v1
    FROM profile p
    WHERE p.project_id = {c0:Int64}
  ) p
  WHERE (coalesce(CASE WHEN startsWith(v0, '[') THEN arrayExists(x -> (x IN ({c2:String}, {c3:String}) OR (CASE WHEN startsWith(x, '"') THEN CASE WHEN match(x, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(x, 2, length(x) - 2)) END ELSE toFloat64OrNull(x) END + 0) IN ({c4:Float64}) OR x = 'true'), arrayConcat(JSONExtractArrayRaw(ifNull(v0, '')), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))))))) ELSE (v0 IN ({c2:String}, {c3:String}) OR (CASE WHEN startsWith(v0, '"') THEN CASE WHEN match(v0, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(v0, 2, length(v0) - 2)) END ELSE toFloat64OrNull(v0) END + 0) IN ({c4:Float64}) OR v0 = 'true') END, false) AND coalesce(CASE WHEN startsWith(v1, '[') THEN arrayExists(x -> (CASE WHEN startsWith(x, '"') THEN CASE WHEN match(x, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(x, 2, length(x) - 2)) END ELSE toFloat64OrNull(x) END + 0) >= {c6:Float64}, arrayConcat(JSONExtractArrayRaw(ifNull(v1, '')), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v1, '')))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v1, '')))))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v1, '')))))))))) ELSE (CASE WHEN startsWith(v1, '"') THEN CASE WHEN match(v1, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(v1, 2, length(v1) - 2)) END ELSE toFloat64OrNull(v1) END + 0) >= {c6:Float64} END, false))
) m
LEFT SEMI JOIN (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = {c0:Int64}
      AND e.user_id <> 0
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c7:String})
      AND e.time <= {c8:DateTime64(6, 'UTC')}
      AND e.time >= {c9:DateTime64(6, 'UTC')}
  ) e
  GROUP BY user_id
  HAVING count(*) > {c10:Float64}
) i0 ON i0.user_id = m.user_id
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "/plan"
-- c2 = "\"pro\""
-- c3 = "\"team\""
-- c4 = 5
-- c5 = "/seats"
-- c6 = 5
-- c7 = "Buy"
-- c8 = "2026-11-23T14:36:01Z"
-- c9 = "2026-11-16T14:36:01Z"
-- c10 = 10
