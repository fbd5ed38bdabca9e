-- The tables that the cohort printer of ClickHouse reads: docs/adr/0004-clickhouse-layout.md says why they are so.
-- Rows of a ReplacingMergeTree are replaced by inserting one of a higher version, and deleted by one with is_deleted.

-- Events. What a cohort asks for first is the name, then the days; a person's events of a day lie together.
CREATE TABLE event (
    project_id  Int32,
    event_id    Int32,
    user_id     Int32,                                -- 0: of nobody
    time        DateTime64(6, 'UTC'),
    insert_id   String,
    source      LowCardinality(String),
    properties  Map(LowCardinality(String), String),  -- JSON pointer -> JSON text, see PropertyMap.cs
    received_at DateTime64(6, 'UTC')
) ENGINE = MergeTree
ORDER BY (project_id, event_id, toDate(time), user_id);

-- Event names; event_id is unique over all projects.
CREATE TABLE event_name (
    event_id   Int32,
    project_id Int32,
    name       String
) ENGINE = ReplacingMergeTree
ORDER BY (project_id, name);

-- One row per profile, under its canonical id.
CREATE TABLE profile (
    project_id Int32,
    user_id    Int32,
    properties Map(LowCardinality(String), String),
    version    UInt64,
    is_deleted UInt8
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, user_id);

-- Every id ever seen; user_id is the integer that stands for it everywhere else.
CREATE TABLE identity (
    project_id  Int32,
    distinct_id String,
    user_id     Int32,
    version     UInt64,
    is_deleted  UInt8
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (project_id, distinct_id);

-- Ids that were merged into another: user_id -> the canonical id of its cluster.
CREATE TABLE alias (
    user_id      Int32,
    project_id   Int32,
    canonical_id Int32,
    version      UInt64,
    is_deleted   UInt8
) ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY user_id;

-- The ids of uploaded cohorts as they came.
CREATE TABLE cohort_upload (
    cohort_id   Int32,
    distinct_id String
) ENGINE = MergeTree
ORDER BY (cohort_id, distinct_id);
