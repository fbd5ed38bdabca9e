SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, CASE WHEN isFinite(sumKahan((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0))) THEN sumKahan((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0)) ELSE sum((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0)) END AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullIf(nullIf(e.properties[{c1:String}], ''), 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = {c0:Int64}
          AND e.user_id <> 0
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c2:String})
          AND e.time <= {c3:DateTime64(6, 'UTC')}
          AND e.time >= {c4:DateTime64(6, 'UTC')}
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isNaN(figure) AND figure >= {c5:Float64}
) u0
UNION DISTINCT
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, CASE WHEN isFinite(sumKahan((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0))) THEN sumKahan((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0)) / count((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0)) ELSE avg((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0)) END AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullIf(nullIf(e.properties[{c6:String}], ''), 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = {c0:Int64}
          AND e.user_id <> 0
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c7:String})
          AND e.time <= {c8:DateTime64(6, 'UTC')}
          AND e.time >= {c9:DateTime64(6, 'UTC')}
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isNaN(figure) AND figure < {c10:Float64}
) u1
UNION DISTINCT
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, min((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0)) AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullIf(nullIf(e.properties[{c11:String}], ''), 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = {c0:Int64}
          AND e.user_id <> 0
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c12:String})
          AND e.time <= {c13:DateTime64(6, 'UTC')}
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isNaN(figure) AND figure = {c14:Float64}
) u2
UNION DISTINCT
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, max((CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0)) AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullIf(nullIf(e.properties[{c15:String}], ''), 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = {c0:Int64}
          AND e.user_id <> 0
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c16:String})
          AND e.time <= {c17:DateTime64(6, 'UTC')}
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isNaN(figure) AND figure > {c18:Float64}
) u3
UNION DISTINCT
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, v0 AS value
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
             nullIf(nullIf(e.properties[{c19:String}], ''), 'null') AS v0
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = {c0:Int64}
        AND e.user_id <> 0
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c20:String})
        AND e.time <= {c21:DateTime64(6, 'UTC')}
    ) r
  ) e
  GROUP BY user_id
  HAVING count(DISTINCT coalesce('#' || toString(CASE WHEN startsWith(value, '"') THEN CASE WHEN match(value, '^"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"$') THEN toFloat64OrNull(substring(value, 2, length(value) - 2)) END ELSE toFloat64OrNull(value) END + 0), value)) >= {c22:Float64}
) u4
UNION DISTINCT
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = {c0:Int64}
      AND e.user_id <> 0
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {c0:Int64} AND name = {c24:String})
      AND e.time <= {c25:DateTime64(6, 'UTC')}
  ) e
  GROUP BY user_id
  HAVING min(time) >= {c23:DateTime64(6, 'UTC')}
) u5
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 0
-- c1 = "/amount"
-- c2 = "Buy"
-- c3 = "2026-10-31T22:59:59.999999Z"
-- c4 = "2026-09-30T22:00:00Z"
-- c5 = 100
-- c6 = "/amount"
-- c7 = "Refund"
-- c8 = "2026-11-23T14:36:01Z"
-- c9 = "2026-09-30T22:00:00Z"
-- c10 = 5
-- c11 = "/duration"
-- c12 = "View"
-- c13 = "2026-11-23T14:36:01Z"
-- c14 = 0
-- c15 = "/duration"
-- c16 = "Read"
-- c17 = "2026-11-23T14:36:01Z"
-- c18 = 60
-- c19 = "/country"
-- c20 = "Ship"
-- c21 = "2026-11-23T14:36:01Z"
-- c22 = 3
-- c23 = "2026-11-16T14:36:01Z"
-- c24 = "Sign Up"
-- c25 = "2026-11-23T14:36:01Z"
