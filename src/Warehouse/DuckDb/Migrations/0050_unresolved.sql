-- Users of Iterable whose message events came and whom nobody here is known to be: one row for each thing they are
-- called by. Their events are kept under user_id, an identity of their own, until a profile appears that is them.
CREATE TABLE unresolved (
    project_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    kind       VARCHAR NOT NULL,   -- user_id or email
    identifier VARCHAR NOT NULL    -- an email in lower case
);
