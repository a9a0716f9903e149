-- Restores the functions as they were before tally_filters.sql, which the triggers call by the same names.
CREATE OR REPLACE FUNCTION tally_after_events_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO interactions_tally (event_id, interaction_count, demoted_xid, type, status, category, start_at)
    SELECT id, 0, 0, type, status, coalesce(category, ''), start_at FROM changed;
    RETURN NULL;
END $$;

-- A later start and another category move an event back. A deleted event's tally goes by the cascade (sql/cascades.sql).
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
            demoted_xid = CASE
                WHEN event.start_at > tally.start_at OR event.category <> tally.category
                THEN pg_current_xact_id()::text::bigint
                ELSE tally.demoted_xid
            END,
            demoted_at = CASE
                WHEN event.start_at > tally.start_at OR event.category <> tally.category
                THEN clock_timestamp()
                ELSE tally.demoted_at
            END
        WHERE tally.event_id = event.id
          AND (tally.type, tally.status, tally.category, tally.start_at)
              <> (event.type, event.status, event.category, event.start_at);
    END LOOP;
    RETURN NULL;
END $$;
