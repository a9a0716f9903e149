-- Invariant: none is left; the counts are frozen from here on.
DROP TRIGGER id_never_changed ON events_event;
DROP TRIGGER tally_deleted ON events_event;
DROP TRIGGER tally_updated ON events_event;
DROP TRIGGER tally_inserted ON events_event;
DROP TRIGGER never_changed ON interactions_interaction;
DROP TRIGGER tally_truncated ON interactions_interaction;
DROP TRIGGER tally_deleted ON interactions_interaction;
DROP TRIGGER tally_inserted ON interactions_interaction;
DROP FUNCTION receded_since(bigint, timestamptz, text, timestamptz);
DROP FUNCTION refuse_change_of_event_id();
DROP FUNCTION tally_after_events_deleted();
DROP FUNCTION tally_after_events_updated();
DROP FUNCTION tally_after_events_inserted();
DROP FUNCTION refuse_change_of_interaction();
DROP FUNCTION tally_after_interactions_truncated();
DROP FUNCTION tally_after_interactions_deleted();
DROP FUNCTION tally_after_interactions_inserted();
