-- Takes back organiser_set_null.sql.
ALTER TABLE events_event DROP CONSTRAINT event_organiser_exists;
