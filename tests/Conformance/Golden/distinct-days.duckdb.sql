SELECT m.user_id AS user_id
FROM (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.time <= CAST($c1 AS TIMESTAMP)
      AND e.time >= CAST($c2 AS TIMESTAMP)
  ) e
  GROUP BY user_id
  HAVING coalesce(bit_count(bit_or(CAST(1 AS BIGINT) << (CAST(time + CASE WHEN time >= CAST($c3 AS TIMESTAMP) THEN to_seconds(3600) ELSE to_seconds(7200) END AS DATE) - CAST($c4 AS DATE)))), 0) >= CAST($c5 AS DOUBLE)
) m
SEMI JOIN (
  SELECT user_id
  FROM (
    SELECT coalesce(a.canonical_id, e.user_id) AS user_id, e.time AS time
    FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
    WHERE e.project_id = $c0
      AND e.user_id IS NOT NULL
      AND e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $c0 AND name = $c6)
      AND e.time <= CAST($c7 AS TIMESTAMP)
  ) e
  GROUP BY user_id
  HAVING count(DISTINCT CAST(time + CASE WHEN time >= CAST($c8 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c9 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c10 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c11 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c12 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c13 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c14 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c15 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c16 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c17 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c18 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c19 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c20 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c21 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c22 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c23 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c24 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c25 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c26 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c27 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c28 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c29 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c30 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c31 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c32 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c33 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c34 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c35 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c36 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c37 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c38 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c39 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c40 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c41 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c42 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c43 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c44 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c45 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c46 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c47 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c48 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c49 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c50 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c51 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c52 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c53 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c54 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c55 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c56 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c57 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c58 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c59 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c60 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c61 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c62 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c63 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c64 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c65 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c66 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c67 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c68 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c69 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c70 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c71 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c72 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c73 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c74 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c75 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c76 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c77 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c78 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c79 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c80 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c81 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c82 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c83 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c84 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c85 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c86 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c87 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c88 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c89 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c90 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c91 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c92 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c93 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c94 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c95 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c96 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c97 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c98 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c99 AS TIMESTAMP) THEN to_seconds(7200) WHEN time >= CAST($c100 AS TIMESTAMP) THEN to_seconds(3600) WHEN time >= CAST($c101 AS TIMESTAMP) THEN to_seconds(7200) ELSE to_seconds(3600) END AS DATE)) >= CAST($c102 AS DOUBLE)
) i0 ON i0.user_id = m.user_id
-- c0 = 1
-- c1 = "2026-10-31T22:59:59.999999"
-- c2 = "2026-10-19T22:00:00"
-- c3 = "2026-10-25T01:00:00"
-- c4 = "2026-10-18"
-- c5 = 5
-- c6 = "Open"
-- c7 = "2026-11-23T14:36:01"
-- c8 = "2026-10-25T01:00:00"
-- c9 = "2026-03-29T01:00:00"
-- c10 = "2025-10-26T01:00:00"
-- c11 = "2025-03-30T01:00:00"
-- c12 = "2024-10-27T01:00:00"
-- c13 = "2024-03-31T01:00:00"
-- c14 = "2023-10-29T01:00:00"
-- c15 = "2023-03-26T01:00:00"
-- c16 = "2022-10-30T01:00:00"
-- c17 = "2022-03-27T01:00:00"
-- c18 = "2021-10-31T01:00:00"
-- c19 = "2021-03-28T01:00:00"
-- c20 = "2020-10-25T01:00:00"
-- c21 = "2020-03-29T01:00:00"
-- c22 = "2019-10-27T01:00:00"
-- c23 = "2019-03-31T01:00:00"
-- c24 = "2018-10-28T01:00:00"
-- c25 = "2018-03-25T01:00:00"
-- c26 = "2017-10-29T01:00:00"
-- c27 = "2017-03-26T01:00:00"
-- c28 = "2016-10-30T01:00:00"
-- c29 = "2016-03-27T01:00:00"
-- c30 = "2015-10-25T01:00:00"
-- c31 = "2015-03-29T01:00:00"
-- c32 = "2014-10-26T01:00:00"
-- c33 = "2014-03-30T01:00:00"
-- c34 = "2013-10-27T01:00:00"
-- c35 = "2013-03-31T01:00:00"
-- c36 = "2012-10-28T01:00:00"
-- c37 = "2012-03-25T01:00:00"
-- c38 = "2011-10-30T01:00:00"
-- c39 = "2011-03-27T01:00:00"
-- c40 = "2010-10-31T01:00:00"
-- c41 = "2010-03-28T01:00:00"
-- c42 = "2009-10-25T01:00:00"
-- c43 = "2009-03-29T01:00:00"
-- c44 = "2008-10-26T01:00:00"
-- c45 = "2008-03-30T01:00:00"
-- c46 = "2007-10-28T01:00:00"
-- c47 = "2007-03-25T01:00:00"
-- c48 = "2006-10-29T01:00:00"
-- c49 = "2006-03-26T01:00:00"
-- c50 = "2005-10-30T01:00:00"
-- c51 = "2005-03-27T01:00:00"
-- c52 = "2004-10-31T01:00:00"
-- c53 = "2004-03-28T01:00:00"
-- c54 = "2003-10-26T01:00:00"
-- c55 = "2003-03-30T01:00:00"
-- c56 = "2002-10-27T01:00:00"
-- c57 = "2002-03-31T01:00:00"
-- c58 = "2001-10-28T01:00:00"
-- c59 = "2001-03-25T01:00:00"
-- c60 = "2000-10-29T01:00:00"
-- c61 = "2000-03-26T01:00:00"
-- c62 = "1999-10-31T01:00:00"
-- c63 = "1999-03-28T01:00:00"
-- c64 = "1998-10-25T01:00:00"
-- c65 = "1998-03-29T01:00:00"
-- c66 = "1997-10-26T01:00:00"
-- c67 = "1997-03-30T01:00:00"
-- c68 = "1996-10-27T01:00:00"
-- c69 = "1996-03-31T01:00:00"
-- c70 = "1995-09-24T01:00:00"
-- c71 = "1995-03-26T01:00:00"
-- c72 = "1994-09-25T01:00:00"
-- c73 = "1994-03-27T01:00:00"
-- c74 = "1993-09-26T01:00:00"
-- c75 = "1993-03-28T01:00:00"
-- c76 = "1992-09-27T01:00:00"
-- c77 = "1992-03-29T01:00:00"
-- c78 = "1991-09-29T01:00:00"
-- c79 = "1991-03-31T01:00:00"
-- c80 = "1990-09-30T01:00:00"
-- c81 = "1990-03-25T01:00:00"
-- c82 = "1989-09-24T01:00:00"
-- c83 = "1989-03-26T01:00:00"
-- c84 = "1988-09-25T01:00:00"
-- c85 = "1988-03-27T01:00:00"
-- c86 = "1987-09-27T01:00:00"
-- c87 = "1987-03-29T01:00:00"
-- c88 = "1986-09-28T01:00:00"
-- c89 = "1986-03-30T01:00:00"
-- c90 = "1985-09-29T01:00:00"
-- c91 = "1985-03-31T01:00:00"
-- c92 = "1984-09-30T01:00:00"
-- c93 = "1984-03-25T01:00:00"
-- c94 = "1983-09-25T01:00:00"
-- c95 = "1983-03-27T01:00:00"
-- c96 = "1982-09-26T01:00:00"
-- c97 = "1982-03-28T01:00:00"
-- c98 = "1981-09-27T01:00:00"
-- c99 = "1981-03-29T01:00:00"
-- c100 = "1980-09-28T01:00:00"
-- c101 = "1980-04-06T01:00:00"
-- c102 = 5
