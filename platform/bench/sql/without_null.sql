-- Invariant: afterwards every event has a category.
UPDATE events_event SET category = 'music' WHERE category IS NULL;

VACUUM (ANALYZE) events_event, interactions_tally;
