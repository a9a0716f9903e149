-- Invariant: for every event there is one row in interactions_tally; it holds the exact number of the event's rows in
-- interactions_interaction and copies of the event's type, status, category and start, after every statement,
-- however it was made. See Note [Tallies] in interactions/models.py.

CREATE FUNCTION tally_after_interactions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION tally_after_interactions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION tally_after_interactions_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interactions_tally
    SET interaction_count = 0, receded_xid = pg_current_xact_id()::text::bigint, receded_at = clock_timestamp()
    WHERE interaction_count <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_change_of_interaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Interactions are never changed: delete the row and insert another.'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION tally_after_events_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO interactions_tally (event_id, interaction_count, receded_xid, type, status, category, start_at)
    SELECT id, 0, 0, type, status, category, start_at FROM changed;
    RETURN NULL;
END $$;

CREATE FUNCTION tally_after_events_updated() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION tally_after_events_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM interactions_tally WHERE event_id IN (SELECT id FROM changed);
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_change_of_event_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The id of an event is never changed.' USING ERRCODE = 'restrict_violation';
END $$;

-- Says whether the mark of a tally is of a move that somebody who read in this snapshot, at this time, did not see.
CREATE FUNCTION receded_since(mark_xid bigint, mark_at timestamptz, snapshot text, read_at timestamptz)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    -- Before every transaction that was running then: nearly all rows, told by one comparison.
    WHEN mark_xid < pg_snapshot_xmin(snapshot::pg_snapshot)::text::bigint THEN false
    -- In this very transaction, which no snapshot of its own contains.
    WHEN mark_xid = pg_current_xact_id_if_assigned()::text::bigint THEN mark_at > read_at
    -- A transaction that does not exist yet: the mark came with a dump from a server that counted differently.
    WHEN mark_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN false
    ELSE NOT pg_visible_in_snapshot(mark_xid::text::xid8, snapshot::pg_snapshot)
END;

CREATE TRIGGER tally_inserted AFTER INSERT ON interactions_interaction
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_interactions_inserted();

CREATE TRIGGER tally_deleted AFTER DELETE ON interactions_interaction
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_interactions_deleted();

CREATE TRIGGER tally_truncated AFTER TRUNCATE ON interactions_interaction
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_interactions_truncated();

CREATE TRIGGER never_changed BEFORE UPDATE ON interactions_interaction
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_interaction();

CREATE TRIGGER tally_inserted AFTER INSERT ON events_event
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_events_inserted();

CREATE TRIGGER tally_updated AFTER UPDATE ON events_event
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_events_updated();

CREATE TRIGGER tally_deleted AFTER DELETE ON events_event
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_events_deleted();

CREATE TRIGGER id_never_changed BEFORE UPDATE OF id ON events_event
FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION refuse_change_of_event_id();
