-- Properties that cohorts read often, repeated in a column of their own: promoted_<number> of event or profile. It holds
-- the property's value as the store's own JSON text, and '' where the property is missing or null. A row's column
-- promoted_through, made with the first of them, says up to which number its columns are filled; those of new rows are
-- filled in a while. A row stays here when its column is gone, as a record.
CREATE SEQUENCE promoted_property_number;
CREATE TABLE promoted_property (
    number       INTEGER   NOT NULL,
    project_id   INTEGER   NOT NULL,
    kept_in      VARCHAR   NOT NULL,   -- event or profile
    name         VARCHAR   NOT NULL,   -- as definitions name it
    reason       VARCHAR   NOT NULL,
    promoted_at  TIMESTAMP NOT NULL,   -- UTC
    completed_at TIMESTAMP,            -- null: rows from before are still being filled, and nobody reads the column yet
    bytes        BIGINT,               -- the length of all values when it was complete; the file compresses them
    demoted_at   TIMESTAMP,            -- null: in use
    dropped_at   TIMESTAMP             -- when its column went
);
