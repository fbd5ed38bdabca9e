-- Requests to delete or hand out the data of people, made through Mixpanel's interface. What is left of one that was
-- carried out has no id of anybody in it: an id goes out of distinct_ids when its person is deleted.
CREATE TABLE privacy_request (
    tracking_id     VARCHAR   NOT NULL,
    kind            VARCHAR   NOT NULL,   -- deletion, retrieval
    project_id      INTEGER   NOT NULL,
    compliance_type VARCHAR   NOT NULL,   -- gdpr, ccpa
    requested_by    VARCHAR   NOT NULL,   -- name of the token it came with
    requested_at    TIMESTAMP NOT NULL,   -- UTC
    status          VARCHAR   NOT NULL,   -- PENDING, STARTED, SUCCESS, REVOKED
    id_count        INTEGER   NOT NULL,   -- how many ids it came with
    distinct_ids    VARCHAR[] NOT NULL    -- those not dealt with yet; of a retrieval, all
);
