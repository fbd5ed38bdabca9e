-- How an id was used in an accepted merge of the original system: later merges are decided by it. 'identified': as the
-- $identified_id of an $identify; 'alias': as the alias of a $create_alias. One row for each id and use.
CREATE TABLE identity_use (
    user_id    INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    used_as    VARCHAR NOT NULL
);

-- Merges that were asked for and not done, each pair once for each reason. The ids are as they were sent.
CREATE SEQUENCE refused_merge_number;
CREATE TABLE refused_merge (
    number     BIGINT    NOT NULL DEFAULT nextval('refused_merge_number'),
    project_id INTEGER   NOT NULL,
    kind       VARCHAR   NOT NULL,   -- identify, alias, merge, device
    first_id   VARCHAR   NOT NULL,
    second_id  VARCHAR   NOT NULL,
    reason     VARCHAR   NOT NULL,
    refused_at TIMESTAMP NOT NULL    -- of the first time, UTC
);

-- user_ids of people whose data was deleted on request. Lists may still hold them until their next run; what that run
-- leaves behind is stripped of their addresses.
CREATE TABLE erased_user_id (
    user_id INTEGER NOT NULL
);
