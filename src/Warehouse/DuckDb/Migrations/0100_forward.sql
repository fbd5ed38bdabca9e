-- Message events that are to go on to another place, in order of position: one row for each event and connection. A row
-- is written in the transaction that stores its event, and goes when the receiver has taken it.
CREATE TABLE forward (
    position      BIGINT    NOT NULL,
    connection_id INTEGER   NOT NULL,
    event_id      INTEGER   NOT NULL,
    user_id       INTEGER,               -- whose it is, as in event; null: of nobody
    time          TIMESTAMP NOT NULL,    -- UTC
    insert_id     VARCHAR   NOT NULL,
    properties    VARCHAR   NOT NULL,    -- JSON object
    queued_at     TIMESTAMP NOT NULL     -- UTC
);

-- Rows of forward that the receiver refused for good. One that is to be tried again goes back under a new position.
CREATE TABLE forward_refused (
    position      BIGINT    NOT NULL,
    connection_id INTEGER   NOT NULL,
    event_id      INTEGER   NOT NULL,
    user_id       INTEGER,
    time          TIMESTAMP NOT NULL,
    insert_id     VARCHAR   NOT NULL,
    properties    VARCHAR   NOT NULL,
    queued_at     TIMESTAMP NOT NULL,
    field         VARCHAR,               -- what of it is wrong, as the receiver says; null: it does not say
    reason        VARCHAR   NOT NULL,    -- why, as the receiver says
    refused_at    TIMESTAMP NOT NULL     -- UTC
);
