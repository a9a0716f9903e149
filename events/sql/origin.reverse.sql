-- Takes back origin.sql.
ALTER TABLE events_origin DROP CONSTRAINT origin_event_exists;
