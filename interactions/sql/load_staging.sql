-- Invariant: nothing of a load is anywhere but in these tables until every row of every file was checked; they go with
-- the transaction, or with the next load in the same one. The place is that in the file.
DROP TABLE IF EXISTS pg_temp.staged_group, pg_temp.staged_user, pg_temp.staged_event, pg_temp.staged_interaction;
CREATE TEMPORARY TABLE staged_group (
    place bigint GENERATED ALWAYS AS IDENTITY, key text, name text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_user (
    place bigint GENERATED ALWAYS AS IDENTITY, key text, password text, interests text[], latitude double precision,
    longitude double precision
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_event (
    place bigint GENERATED ALWAYS AS IDENTITY, key text, title text, description text, category text, tags text[],
    latitude double precision, longitude double precision, start_at timestamptz, group_key text, venue text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_interaction (
    line bigint, user_key text, event_key text, action text, created_at timestamptz
) ON COMMIT DROP;
