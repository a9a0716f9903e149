-- Invariant: while a recount mends what it found, nothing is counted beside it.
LOCK TABLE events_event, interactions_interaction, interactions_tally IN SHARE ROW EXCLUSIVE MODE
