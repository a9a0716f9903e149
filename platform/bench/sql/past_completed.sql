-- Invariant: afterwards there are as many more events, all past, over a year, with higher counts than any other; all but
-- the last day's are completed. Their counts are written as they are: so many interactions would not fit anywhere.
INSERT INTO events_event (title, description, type, status, category, tags, location_name, start_at, created_at)
SELECT 'Past event ' || number, '', 'EVENT',
    CASE WHEN begin_at < %(now)s::timestamptz - interval '1 day' THEN 'COMPLETED' ELSE 'OPEN' END,
    bench.category(bench.chance(number, 41)), '{}', '', begin_at, begin_at
FROM (
    SELECT number, %(now)s::timestamptz - interval '365 days' * bench.chance(number, 42) AS begin_at
    FROM generate_series(1, %(events)s::bigint) AS number
) AS timed
ORDER BY number;

UPDATE interactions_tally SET interaction_count = 100000000 + event_id WHERE event_id IN (
    SELECT id FROM events_event WHERE external_id IS NULL AND title LIKE 'Past event %%'
);

VACUUM (ANALYZE) events_event, interactions_tally;
