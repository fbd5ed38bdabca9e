SELECT user_id
FROM (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
           nullIf(nullIf(e.properties[{c1:String}], ''), 'null') AS v0,
           nullIf(nullIf(e.properties[{c3:String}], ''), 'null') AS v1
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = {c0:Int64}
      AND e.user_id <> 0
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c5:String})
      AND e.time <= {c6:DateTime64(6, 'UTC')}
  ) r
  WHERE coalesce(CASE WHEN startsWith(v0, '[') THEN arrayExists(x -> (CASE WHEN startsWith(x, '"') THEN CASE WHEN match(x, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(x, 2, length(x) - 2)) END ELSE toFloat64OrNull(x) END + 0) >= {c2:Float64}, arrayConcat(JSONExtractArrayRaw(ifNull(v0, '')), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))))))) ELSE (CASE WHEN startsWith(v0, '"') THEN CASE WHEN match(v0, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(v0, 2, length(v0) - 2)) END ELSE toFloat64OrNull(v0) END + 0) >= {c2:Float64} END, false)
    AND NOT coalesce(CASE WHEN startsWith(v1, '[') THEN arrayExists(x -> (x IN ({c4:String})), arrayConcat(JSONExtractArrayRaw(ifNull(v1, '')), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v1, '')))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v1, '')))))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v1, '')))))))))) ELSE (v1 IN ({c4:String})) END, false)
) e
GROUP BY user_id
HAVING count(*) >= {c7:Float64}
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "/amount"
-- c2 = 20
-- c3 = "/tags"
-- c4 = "\"gift\""
-- c5 = "Buy"
-- c6 = "2026-11-23T14:36:01Z"
-- c7 = 3
