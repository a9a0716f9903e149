-- Invariant: the time from a moment until 95 of a hundred events that lie ahead of it have started; NULL if none does.
-- The rest is what a few organisers announce years ahead.
SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY start_at - %(now)s::timestamptz)
FROM events_event
WHERE start_at > %(now)s::timestamptz AND status IN ('OPEN', 'IN_PROGRESS')
