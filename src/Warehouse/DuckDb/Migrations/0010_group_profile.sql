-- One row per profile of a group. Events are of a group through a property named like the group key.
CREATE TABLE group_profile (
    project_id INTEGER NOT NULL,
    group_key  VARCHAR NOT NULL,   -- company, …
    group_id   VARCHAR NOT NULL,
    properties VARCHAR NOT NULL    -- JSON object
);
