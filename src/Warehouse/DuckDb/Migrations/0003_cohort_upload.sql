-- The ids of uploaded cohorts as they came, repeated ones too. Its members are those that exist when it is asked, under
-- their canonical ids: an id that is unknown today is a member from the day its person appears.
CREATE TABLE cohort_upload (
    cohort_id   INTEGER NOT NULL,
    distinct_id VARCHAR NOT NULL
);
