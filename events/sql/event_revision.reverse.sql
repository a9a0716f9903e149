-- Invariant: no trigger counts the changes of events.
DROP TRIGGER event_revision ON events_event;
DROP FUNCTION count_event_revision();
