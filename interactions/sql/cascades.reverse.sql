-- Takes back cascades.sql.

ALTER TABLE interactions_interaction
    DROP CONSTRAINT interaction_user_exists,
    DROP CONSTRAINT interaction_event_exists;

ALTER TABLE interactions_tally DROP CONSTRAINT tally_event_exists;

CREATE FUNCTION tally_after_events_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM interactions_tally WHERE event_id IN (SELECT id FROM changed);
    RETURN NULL;
END $$;

CREATE TRIGGER tally_deleted AFTER DELETE ON events_event
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION tally_after_events_deleted();
