-- Invariant: for every event there is one row in interactions_tally. After every statement, however it was made, it holds
-- the exact number of the event's rows in interactions_interaction and copies of the event's type, status, category (empty
-- if the event has none), start, attendance (empty if it is unknown) and place, and whether it is known to be free. See Note [Tallies] and Note [Ranking index] in interactions/models.py.
--
-- These are all triggers of events_event and interactions_interaction, as they are now; test_tally.py compares the database
-- with them. A shipped file is never changed: the next change is a new file with all of them, and a migration that runs it.

-- Each tally is found by its key, one after the other in the order of event ids, so that two bulk changes cannot deadlock.
-- A join would be planned by the server's statistics, which are wrong while a load fills the table: it could read all
-- changed rows again for each tally.
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

CREATE OR REPLACE TRIGGER tally_inserted AFTER INSERT ON interactions_interaction
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_interactions_inserted();

CREATE OR REPLACE FUNCTION tally_after_interactions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    removed record;
BEGIN
    FOR removed IN SELECT event_id, count(*) AS number FROM changed GROUP BY event_id ORDER BY event_id LOOP
        UPDATE interactions_tally
        SET interaction_count = interaction_count - removed.number,
            demoted_xid = pg_current_xact_id()::text::bigint,
            demoted_at = clock_timestamp()
        WHERE event_id = removed.event_id;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tally_deleted AFTER DELETE ON interactions_interaction
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_interactions_deleted();

CREATE OR REPLACE FUNCTION tally_after_interactions_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interactions_tally
    SET interaction_count = 0, demoted_xid = pg_current_xact_id()::text::bigint, demoted_at = clock_timestamp()
    WHERE interaction_count <> 0;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tally_truncated AFTER TRUNCATE ON interactions_interaction
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_interactions_truncated();

CREATE OR REPLACE FUNCTION refuse_change_of_interaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Interactions are never changed: delete the row and insert another.'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER never_changed BEFORE UPDATE ON interactions_interaction
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_interaction();

CREATE OR REPLACE FUNCTION tally_after_events_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO interactions_tally (
        event_id, interaction_count, demoted_xid, type, status, category, start_at, is_free, attendance, latitude, longitude
    )
    SELECT id, 0, 0, type, status, coalesce(category, ''), start_at, coalesce(price_max = 0, false), coalesce(attendance, ''),
        latitude, longitude
    FROM changed;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tally_inserted AFTER INSERT ON events_event
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_events_inserted();

-- A later start and another category move an event back. A deleted event's tally goes by the cascade (sql/cascades.sql).
CREATE OR REPLACE FUNCTION tally_after_events_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event record;
BEGIN
    FOR event IN
        SELECT id, type, status, coalesce(category, '') AS category, start_at, coalesce(price_max = 0, false) AS is_free,
            coalesce(attendance, '') AS attendance, latitude, longitude
        FROM changed
        ORDER BY id
    LOOP
        UPDATE interactions_tally AS tally
        SET type = event.type,
            status = event.status,
            category = event.category,
            start_at = event.start_at,
            is_free = event.is_free,
            attendance = event.attendance,
            latitude = event.latitude,
            longitude = event.longitude,
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
          AND (
              tally.type, tally.status, tally.category, tally.start_at, tally.is_free, tally.attendance, tally.latitude,
              tally.longitude
          ) IS DISTINCT FROM (
              event.type, event.status, event.category, event.start_at, event.is_free, event.attendance, event.latitude,
              event.longitude
          );
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER tally_updated AFTER UPDATE ON events_event
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_events_updated();

CREATE OR REPLACE FUNCTION refuse_change_of_event_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The id of an event is never changed.' USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER id_never_changed BEFORE UPDATE OF id ON events_event
FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION refuse_change_of_event_id();

-- Returns whether a reader whose first page was read in this snapshot, at this time, did not see the demotion that a tally
-- is marked with. In PL/pgSQL: a function in SQL would be inlined into each statement, where planning it takes longer than
-- calling it. Few rows need the call, because the statements compare with the snapshot's xmin first.
CREATE OR REPLACE FUNCTION demoted_since(mark_xid bigint, mark_at timestamptz, snapshot text, read_at timestamptz)
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
