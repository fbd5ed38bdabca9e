WITH cohort_7 AS MATERIALIZED (
  SELECT user_id FROM (
    SELECT user_id
    FROM (
      SELECT p.user_id,
             nullIf(nullIf(p.properties[{c1:String}], ''), 'null') AS v0
      FROM profile p
      WHERE p.project_id = {c0:Int64}
    ) p
    WHERE (coalesce(CASE WHEN startsWith(v0, '[') THEN arrayExists(x -> (x IN ({c2:String})), arrayConcat(JSONExtractArrayRaw(ifNull(v0, '')), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), JSONExtractArrayRaw(ifNull(v0, '')))))))))) ELSE (v0 IN ({c2:String})) END, false))
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
  ) u1
)
SELECT m.user_id AS user_id
FROM (
  SELECT user_id FROM cohort_7
) m
LEFT ANTI JOIN (
  SELECT m.user_id AS user_id
  FROM (
    SELECT user_id FROM cohort_7
  ) m
  LEFT ANTI JOIN (
    SELECT user_id
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = {c0:Int64}
        AND e.user_id <> 0
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c5:String})
        AND e.time <= {c6:DateTime64(6, 'UTC')}
    ) e
  ) o0 ON o0.user_id = m.user_id
) o0 ON o0.user_id = m.user_id
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "/plan"
-- c2 = "\"pro\""
-- c3 = "Buy"
-- c4 = "2026-11-23T14:36:01Z"
-- c5 = "View"
-- c6 = "2026-11-23T14:36:01Z"
