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
  ) e
  GROUP BY user_id
  HAVING count(DISTINCT toDate32(time + CASE WHEN time >= {c8:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c9:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c10:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c11:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c12:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c13:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c14:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c15:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c16:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c17:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c18:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c19:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c20:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c21:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c22:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c23:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c24:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c25:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c26:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c27:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c28:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c29:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c30:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c31:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c32:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c33:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c34:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c35:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c36:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c37:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c38:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c39:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c40:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c41:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c42:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c43:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c44:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c45:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c46:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c47:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c48:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c49:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c50:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c51:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c52:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c53:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c54:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c55:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c56:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c57:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c58:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c59:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c60:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c61:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c62:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c63:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c64:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c65:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c66:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c67:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c68:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c69:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c70:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c71:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c72:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c73:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c74:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c75:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c76:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c77:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c78:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c79:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c80:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c81:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c82:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c83:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c84:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c85:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c86:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c87:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c88:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c89:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c90:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c91:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c92:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c93:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c94:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c95:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c96:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c97:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c98:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c99:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) WHEN time >= {c100:DateTime64(6, 'UTC')} THEN toIntervalSecond(3600) WHEN time >= {c101:DateTime64(6, 'UTC')} THEN toIntervalSecond(7200) ELSE toIntervalSecond(3600) END)) >= {c102:Float64}
) i0 ON i0.user_id = m.user_id
SETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1
-- c0 = 1
-- c1 = "2026-10-31T22:59:59.999999Z"
-- c2 = "2026-10-19T22:00:00Z"
-- c3 = "2026-10-25T01:00:00Z"
-- c4 = 20744
-- c5 = 5
-- c6 = "Open"
-- c7 = "2026-11-23T14:36:01Z"
-- c8 = "2026-10-25T01:00:00Z"
-- c9 = "2026-03-29T01:00:00Z"
-- c10 = "2025-10-26T01:00:00Z"
-- c11 = "2025-03-30T01:00:00Z"
-- c12 = "2024-10-27T01:00:00Z"
-- c13 = "2024-03-31T01:00:00Z"
-- c14 = "2023-10-29T01:00:00Z"
-- c15 = "2023-03-26T01:00:00Z"
-- c16 = "2022-10-30T01:00:00Z"
-- c17 = "2022-03-27T01:00:00Z"
-- c18 = "2021-10-31T01:00:00Z"
-- c19 = "2021-03-28T01:00:00Z"
-- c20 = "2020-10-25T01:00:00Z"
-- c21 = "2020-03-29T01:00:00Z"
-- c22 = "2019-10-27T01:00:00Z"
-- c23 = "2019-03-31T01:00:00Z"
-- c24 = "2018-10-28T01:00:00Z"
-- c25 = "2018-03-25T01:00:00Z"
-- c26 = "2017-10-29T01:00:00Z"
-- c27 = "2017-03-26T01:00:00Z"
-- c28 = "2016-10-30T01:00:00Z"
-- c29 = "2016-03-27T01:00:00Z"
-- c30 = "2015-10-25T01:00:00Z"
-- c31 = "2015-03-29T01:00:00Z"
-- c32 = "2014-10-26T01:00:00Z"
-- c33 = "2014-03-30T01:00:00Z"
-- c34 = "2013-10-27T01:00:00Z"
-- c35 = "2013-03-31T01:00:00Z"
-- c36 = "2012-10-28T01:00:00Z"
-- c37 = "2012-03-25T01:00:00Z"
-- c38 = "2011-10-30T01:00:00Z"
-- c39 = "2011-03-27T01:00:00Z"
-- c40 = "2010-10-31T01:00:00Z"
-- c41 = "2010-03-28T01:00:00Z"
-- c42 = "2009-10-25T01:00:00Z"
-- c43 = "2009-03-29T01:00:00Z"
-- c44 = "2008-10-26T01:00:00Z"
-- c45 = "2008-03-30T01:00:00Z"
-- c46 = "2007-10-28T01:00:00Z"
-- c47 = "2007-03-25T01:00:00Z"
-- c48 = "2006-10-29T01:00:00Z"
-- c49 = "2006-03-26T01:00:00Z"
-- c50 = "2005-10-30T01:00:00Z"
-- c51 = "2005-03-27T01:00:00Z"
-- c52 = "2004-10-31T01:00:00Z"
-- c53 = "2004-03-28T01:00:00Z"
-- c54 = "2003-10-26T01:00:00Z"
-- c55 = "2003-03-30T01:00:00Z"
-- c56 = "2002-10-27T01:00:00Z"
-- c57 = "2002-03-31T01:00:00Z"
-- c58 = "2001-10-28T01:00:00Z"
-- c59 = "2001-03-25T01:00:00Z"
-- c60 = "2000-10-29T01:00:00Z"
-- c61 = "2000-03-26T01:00:00Z"
-- c62 = "1999-10-31T01:00:00Z"
-- c63 = "1999-03-28T01:00:00Z"
-- c64 = "1998-10-25T01:00:00Z"
-- c65 = "1998-03-29T01:00:00Z"
-- c66 = "1997-10-26T01:00:00Z"
-- c67 = "1997-03-30T01:00:00Z"
-- c68 = "1996-10-27T01:00:00Z"
-- c69 = "1996-03-31T01:00:00Z"
-- c70 = "1995-09-24T01:00:00Z"
-- c71 = "1995-03-26T01:00:00Z"
-- c72 = "1994-09-25T01:00:00Z"
-- c73 = "1994-03-27T01:00:00Z"
-- c74 = "1993-09-26T01:00:00Z"
-- c75 = "1993-03-28T01:00:00Z"
-- c76 = "1992-09-27T01:00:00Z"
-- c77 = "1992-03-29T01:00:00Z"
-- c78 = "1991-09-29T01:00:00Z"
-- c79 = "1991-03-31T01:00:00Z"
-- c80 = "1990-09-30T01:00:00Z"
-- c81 = "1990-03-25T01:00:00Z"
-- c82 = "1989-09-24T01:00:00Z"
-- c83 = "1989-03-26T01:00:00Z"
-- c84 = "1988-09-25T01:00:00Z"
-- c85 = "1988-03-27T01:00:00Z"
-- c86 = "1987-09-27T01:00:00Z"
-- c87 = "1987-03-29T01:00:00Z"
-- c88 = "1986-09-28T01:00:00Z"
-- c89 = "1986-03-30T01:00:00Z"
-- c90 = "1985-09-29T01:00:00Z"
-- c91 = "1985-03-31T01:00:00Z"
-- c92 = "1984-09-30T01:00:00Z"
-- c93 = "1984-03-25T01:00:00Z"
-- c94 = "1983-09-25T01:00:00Z"
-- c95 = "1983-03-27T01:00:00Z"
-- c96 = "1982-09-26T01:00:00Z"
-- c97 = "1982-03-28T01:00:00Z"
-- c98 = "1981-09-27T01:00:00Z"
-- c99 = "1981-03-29T01:00:00Z"
-- c100 = "1980-09-28T01:00:00Z"
-- c101 = "1980-04-06T01:00:00Z"
-- c102 = 5
