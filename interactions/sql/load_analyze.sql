-- Invariant: the planner knows the size of what was loaded at once, not only after autovacuum's next round.
ANALYZE events_organiser, events_event, users_user, interactions_interaction, interactions_tally
