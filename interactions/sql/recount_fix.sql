-- Invariant: afterwards recount.sql finds nothing. Every corrected row is marked as demoted, because its count may have dropped.
WITH wrong AS (
    SELECT event.id, coalesce(counted.number, 0) AS number, event.type, event.status,
        coalesce(event.category, '') AS category, event.start_at, coalesce(event.price_max = 0, false) AS is_free,
        coalesce(event.attendance, '') AS attendance, event.latitude, event.longitude
    FROM events_event AS event
    LEFT JOIN interactions_tally AS tally ON tally.event_id = event.id
    LEFT JOIN (
        SELECT event_id, count(*) AS number FROM interactions_interaction GROUP BY event_id
    ) AS counted ON counted.event_id = event.id
    WHERE (
        tally.interaction_count, tally.type, tally.status, tally.start_at, tally.category, tally.is_free, tally.attendance,
        tally.latitude, tally.longitude
    ) IS DISTINCT FROM (
        coalesce(counted.number, 0), event.type, event.status, event.start_at, coalesce(event.category, ''),
        coalesce(event.price_max = 0, false), coalesce(event.attendance, ''), event.latitude, event.longitude
    )
)
INSERT INTO interactions_tally
    (event_id, interaction_count, type, status, category, start_at, is_free, attendance, latitude, longitude, demoted_xid, demoted_at)
SELECT id, number, type, status, category, start_at, is_free, attendance, latitude, longitude, pg_current_xact_id()::text::bigint, clock_timestamp()
FROM wrong
ON CONFLICT (event_id) DO UPDATE
SET interaction_count = excluded.interaction_count,
    type = excluded.type,
    status = excluded.status,
    category = excluded.category,
    start_at = excluded.start_at,
    is_free = excluded.is_free,
    attendance = excluded.attendance,
    latitude = excluded.latitude,
    longitude = excluded.longitude,
    demoted_xid = excluded.demoted_xid,
    demoted_at = excluded.demoted_at
