-- Invariant: the functions as tally.sql and tally_ranking.sql left them.
CREATE OR REPLACE FUNCTION tally_after_interactions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Locks in one order, so that two bulk inserts cannot wait for each other.
    PERFORM FROM interactions_tally
    WHERE event_id IN (SELECT event_id FROM changed)
    ORDER BY event_id
    FOR NO KEY UPDATE;

    UPDATE interactions_tally AS tally
    SET interaction_count = tally.interaction_count + added.number
    FROM (SELECT event_id, count(*) AS number FROM changed GROUP BY event_id) AS added
    WHERE tally.event_id = added.event_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_interactions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM interactions_tally
    WHERE event_id IN (SELECT event_id FROM changed)
    ORDER BY event_id
    FOR NO KEY UPDATE;

    UPDATE interactions_tally AS tally
    SET interaction_count = tally.interaction_count - removed.number,
        receded_xid = pg_current_xact_id()::text::bigint,
        receded_at = clock_timestamp()
    FROM (SELECT event_id, count(*) AS number FROM changed GROUP BY event_id) AS removed
    WHERE tally.event_id = removed.event_id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_events_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM interactions_tally AS tally
    JOIN changed ON changed.id = tally.event_id
    WHERE (tally.type, tally.status, tally.start_at) <> (changed.type, changed.status, changed.start_at)
       OR tally.category <> coalesce(changed.category, '')
    ORDER BY tally.event_id
    FOR NO KEY UPDATE OF tally;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    UPDATE interactions_tally AS tally
    SET type = changed.type,
        status = changed.status,
        category = coalesce(changed.category, ''),
        start_at = changed.start_at,
        receded_xid = CASE
            WHEN changed.start_at > tally.start_at OR coalesce(changed.category, '') <> tally.category
            THEN pg_current_xact_id()::text::bigint
            ELSE tally.receded_xid
        END,
        receded_at = CASE
            WHEN changed.start_at > tally.start_at OR coalesce(changed.category, '') <> tally.category
            THEN clock_timestamp()
            ELSE tally.receded_at
        END
    FROM changed
    WHERE changed.id = tally.event_id
      AND ((tally.type, tally.status, tally.start_at) <> (changed.type, changed.status, changed.start_at)
           OR tally.category <> coalesce(changed.category, ''));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_events_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM interactions_tally WHERE event_id IN (SELECT id FROM changed);
    RETURN NULL;
END $$
