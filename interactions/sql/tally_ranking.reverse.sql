-- Invariant: the tally's category is again a plain copy, null if the event has none.
CREATE OR REPLACE FUNCTION tally_after_events_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO interactions_tally (event_id, interaction_count, receded_xid, type, status, category, start_at)
    SELECT id, 0, 0, type, status, category, start_at FROM changed;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_after_events_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM interactions_tally AS tally
    JOIN changed ON changed.id = tally.event_id
    WHERE (tally.type, tally.status, tally.start_at) <> (changed.type, changed.status, changed.start_at)
       OR tally.category IS DISTINCT FROM changed.category
    ORDER BY tally.event_id
    FOR NO KEY UPDATE OF tally;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    UPDATE interactions_tally AS tally
    SET type = changed.type,
        status = changed.status,
        category = changed.category,
        start_at = changed.start_at,
        receded_xid = CASE
            WHEN changed.start_at > tally.start_at OR changed.category IS DISTINCT FROM tally.category
            THEN pg_current_xact_id()::text::bigint
            ELSE tally.receded_xid
        END,
        receded_at = CASE
            WHEN changed.start_at > tally.start_at OR changed.category IS DISTINCT FROM tally.category
            THEN clock_timestamp()
            ELSE tally.receded_at
        END
    FROM changed
    WHERE changed.id = tally.event_id
      AND ((tally.type, tally.status, tally.start_at) <> (changed.type, changed.status, changed.start_at)
           OR tally.category IS DISTINCT FROM changed.category);
    RETURN NULL;
END $$;

UPDATE interactions_tally SET category = NULL WHERE category = '';
