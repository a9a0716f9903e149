-- Restores the functions as they were before tally_triggers.sql, which the triggers call by the same names.
DROP FUNCTION demoted_since(bigint, timestamptz, text, timestamptz);

CREATE OR REPLACE FUNCTION tally_after_interactions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added record;
BEGIN
    FOR added IN SELECT event_id, count(*) AS number FROM changed GROUP BY event_id ORDER BY event_id LOOP
        UPDATE interactions_tally
        SET interaction_count = interaction_count + added.number
        WHERE event_id = added.event_id;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_interactions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    removed record;
BEGIN
    FOR removed IN SELECT event_id, count(*) AS number FROM changed GROUP BY event_id ORDER BY event_id LOOP
        UPDATE interactions_tally
        SET interaction_count = interaction_count - removed.number,
            receded_xid = pg_current_xact_id()::text::bigint,
            receded_at = clock_timestamp()
        WHERE event_id = removed.event_id;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_events_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event record;
BEGIN
    FOR event IN
        SELECT id, type, status, coalesce(category, '') AS category, start_at FROM changed ORDER BY id
    LOOP
        UPDATE interactions_tally AS tally
        SET type = event.type,
            status = event.status,
            category = event.category,
            start_at = event.start_at,
            receded_xid = CASE
                WHEN event.start_at > tally.start_at OR event.category <> tally.category
                THEN pg_current_xact_id()::text::bigint
                ELSE tally.receded_xid
            END,
            receded_at = CASE
                WHEN event.start_at > tally.start_at OR event.category <> tally.category
                THEN clock_timestamp()
                ELSE tally.receded_at
            END
        WHERE tally.event_id = event.id
          AND (tally.type, tally.status, tally.category, tally.start_at)
              <> (event.type, event.status, event.category, event.start_at);
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_interactions_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interactions_tally
    SET interaction_count = 0, receded_xid = pg_current_xact_id()::text::bigint, receded_at = clock_timestamp()
    WHERE interaction_count <> 0;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_events_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO interactions_tally (event_id, interaction_count, receded_xid, type, status, category, start_at)
    SELECT id, 0, 0, type, status, coalesce(category, ''), start_at FROM changed;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION receded_since(mark_xid bigint, mark_at timestamptz, snapshot text, read_at timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN CASE
        -- Before every transaction that was running then.
        WHEN mark_xid < pg_snapshot_xmin(snapshot::pg_snapshot)::text::bigint THEN false
        -- In this very transaction, which no snapshot of its own contains.
        WHEN mark_xid = pg_current_xact_id_if_assigned()::text::bigint THEN mark_at > read_at
        -- A transaction that does not exist yet: the mark came with a dump from a server that counted differently.
        WHEN mark_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN false
        ELSE NOT pg_visible_in_snapshot(mark_xid::text::xid8, snapshot::pg_snapshot)
    END;
END $$;
