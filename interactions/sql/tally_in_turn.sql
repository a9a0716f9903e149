-- Invariant: as in tally.sql and tally_ranking.sql; each tally is found by its key, one after the other in the order of
-- event ids. A join would be planned by what the server knows of the table's size, which is nothing while a load fills it:
-- if it counts the table at such a moment, a join reads all that changed anew for each tally.
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

CREATE OR REPLACE FUNCTION tally_after_events_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event_id_gone bigint;
BEGIN
    FOR event_id_gone IN SELECT id FROM changed ORDER BY id LOOP
        DELETE FROM interactions_tally WHERE event_id = event_id_gone;
    END LOOP;
    RETURN NULL;
END $$
