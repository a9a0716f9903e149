-- Invariant: afterwards the last month's past events are still open, as when nothing completed them.
UPDATE events_event SET status = 'OPEN'
WHERE status = 'COMPLETED' AND start_at > %(now)s::timestamptz - interval '30 days';

VACUUM (ANALYZE) events_event, interactions_tally;
