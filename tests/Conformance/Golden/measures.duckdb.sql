SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, CASE WHEN isfinite(fsum((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END))) THEN fsum((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END)) ELSE sum((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END)) END AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullif(json_extract(e.properties, $c1)::VARCHAR, 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = $c0
          AND e.user_id IS NOT NULL
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c2)
          AND e.time <= CAST($c3 AS TIMESTAMP)
          AND e.time >= CAST($c4 AS TIMESTAMP)
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isnan(figure) AND figure >= CAST($c5 AS DOUBLE)
) u0
UNION
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, CASE WHEN isfinite(favg((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END))) THEN favg((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END)) ELSE avg((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END)) END AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullif(json_extract(e.properties, $c6)::VARCHAR, 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = $c0
          AND e.user_id IS NOT NULL
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c7)
          AND e.time <= CAST($c8 AS TIMESTAMP)
          AND e.time >= CAST($c9 AS TIMESTAMP)
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isnan(figure) AND figure < CAST($c10 AS DOUBLE)
) u1
UNION
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, min((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END)) AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullif(json_extract(e.properties, $c11)::VARCHAR, 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = $c0
          AND e.user_id IS NOT NULL
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c12)
          AND e.time <= CAST($c13 AS TIMESTAMP)
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isnan(figure) AND figure = CAST($c14 AS DOUBLE)
) u2
UNION
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, max((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END)) AS figure
    FROM (
      SELECT user_id, v0 AS value
      FROM (
        SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
               nullif(json_extract(e.properties, $c15)::VARCHAR, 'null') AS v0
        FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
        WHERE e.project_id = $c0
          AND e.user_id IS NOT NULL
          AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c16)
          AND e.time <= CAST($c17 AS TIMESTAMP)
      ) r
    ) e
    GROUP BY user_id
  ) f
  WHERE NOT isnan(figure) AND figure > CAST($c18 AS DOUBLE)
) u3
UNION
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT user_id, v0 AS value
    FROM (
      SELECT coalesce(a.canonical_id, e.user_id) AS user_id,
             nullif(json_extract(e.properties, $c19)::VARCHAR, 'null') AS v0
      FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
      WHERE e.project_id = $c0
        AND e.user_id IS NOT NULL
        AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c20)
        AND e.time <= CAST($c21 AS TIMESTAMP)
    ) r
  ) e
  GROUP BY user_id
  HAVING count(DISTINCT coalesce('#' || ((CASE WHEN starts_with(value, '"') THEN CASE WHEN regexp_full_match(value, '"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"') THEN TRY_CAST(trim(value, '"') AS DOUBLE) END ELSE TRY_CAST(value AS DOUBLE) END) + 0.0)::VARCHAR, value)) >= CAST($c22 AS DOUBLE)
) u4
UNION
SELECT user_id FROM (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c24)
      AND e.time <= CAST($c25 AS TIMESTAMP)
  ) e
  GROUP BY user_id
  HAVING min(time) >= CAST($c23 AS TIMESTAMP)
) u5
-- c0 = 0
-- c1 = "/amount"
-- c2 = "Buy"
-- c3 = "2026-10-31T22:59:59.999999"
-- c4 = "2026-09-30T22:00:00"
-- c5 = 100
-- c6 = "/amount"
-- c7 = "Refund"
-- c8 = "2026-11-23T14:36:01"
-- c9 = "2026-09-30T22:00:00"
-- c10 = 5
-- c11 = "/duration"
-- c12 = "View"
-- c13 = "2026-11-23T14:36:01"
-- c14 = 0
-- c15 = "/duration"
-- c16 = "Read"
-- c17 = "2026-11-23T14:36:01"
-- c18 = 60
-- c19 = "/country"
-- c20 = "Ship"
-- c21 = "2026-11-23T14:36:01"
-- c22 = 3
-- c23 = "2026-11-16T14:36:01"
-- c24 = "Sign Up"
-- c25 = "2026-11-23T14:36:01"
