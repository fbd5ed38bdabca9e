-- The plan of a run, written in one transaction before the first call: one row for each member that changes or is
-- skipped and for each subscriber that leaves. It is the durable half of the run's receipts; what became of a row
-- follows from the acknowledged batches and the rejections. Unchanged members are not repeated here: they are the
-- ledger's rows that were on the list before the run and after it.
CREATE TABLE receipt (
    run_id           BIGINT  NOT NULL,
    ordinal          INTEGER NOT NULL,   -- 1.. within (run, operation): batch n holds (n-1)*1000+1 .. n*1000
    operation        VARCHAR NOT NULL,   -- add, remove, no-op (the subscriber stays, its member or payload changed), none (skipped)
    reason           VARCHAR,            -- why skipped, or a note (user_id_left_out)
    user_id          INTEGER,            -- null: a stranger, found on the list, of nobody here
    subscriber       UHUGEINT,           -- 128-bit key of the subscriber; null when skipped
    email            VARCHAR,            -- as sent
    iterable_user_id VARCHAR             -- as sent
);

-- What a run pinned when it planned. Its presence says the plan is complete; settled says the ledger has it all.
CREATE TABLE plan (
    run_id    BIGINT  NOT NULL,
    sync_id   INTEGER NOT NULL,
    list_id   BIGINT  NOT NULL,
    summary   VARCHAR NOT NULL,          -- JSON of the counts
    -- The skipped of this run are the same as those of an earlier run, whose receipts stand for both (null: its own).
    skipped_of BIGINT,
    skipped_fingerprint VARCHAR NOT NULL,
    settled   BOOLEAN NOT NULL
);

-- Written before calls are made: batches up to this one may have reached Iterable. One that did, or may have, and was
-- never acknowledged leaves its subscribers uncertain when the run ends without it.
CREATE TABLE attempt (
    run_id    BIGINT  NOT NULL,
    operation VARCHAR NOT NULL,
    through   INTEGER NOT NULL
);

-- One row per acknowledged call: the append-only log that the ledger is folded from.
CREATE TABLE acknowledgement (
    run_id    BIGINT    NOT NULL,
    operation VARCHAR   NOT NULL,
    batch     INTEGER   NOT NULL,
    acknowledged_at TIMESTAMP NOT NULL
);

-- What failedUpdates named in an acknowledged call.
CREATE TABLE rejection (
    run_id    BIGINT  NOT NULL,
    operation VARCHAR NOT NULL,
    ordinal   INTEGER NOT NULL,
    reason    VARCHAR NOT NULL
);

-- What is on each list because Iterable acknowledged it, one row per subscriber. An uncertain one may be on the list or
-- not, because an answer was lost: the next plan adds it again or takes it off, whichever it should be.
CREATE TABLE ledger (
    sync_id          INTEGER NOT NULL,
    list_id          BIGINT  NOT NULL,
    subscriber       UHUGEINT NOT NULL,
    user_id          INTEGER,
    email            VARCHAR,
    iterable_user_id VARCHAR,
    since_run        BIGINT  NOT NULL,   -- the run that wrote this row
    certain          BOOLEAN NOT NULL
);

-- Rows that left the ledger: with them the ledger can be read as of any run still within the receipts' retention.
CREATE TABLE ledger_past (
    sync_id          INTEGER NOT NULL,
    list_id          BIGINT  NOT NULL,
    subscriber       UHUGEINT NOT NULL,
    user_id          INTEGER,
    email            VARCHAR,
    iterable_user_id VARCHAR,
    since_run        BIGINT  NOT NULL,
    until_run        BIGINT  NOT NULL    -- the run that took it off, or replaced it
);

-- Subscribers that Iterable refused: forgotten ones for good and for the whole connection, others of one sync until
-- their data changes or a day has passed.
CREATE TABLE refusal (
    connection_id    INTEGER   NOT NULL,
    sync_id          INTEGER   NOT NULL,
    reason           VARCHAR   NOT NULL,
    email            VARCHAR,
    iterable_user_id VARCHAR,
    refused_at       TIMESTAMP NOT NULL
);
