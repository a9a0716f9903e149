-- Invariant: none of these rows is ever there. Each is an event whose tally is missing, or is not what counting its
-- interactions and reading its own columns gives.
SELECT event.id, tally.interaction_count AS kept, coalesce(counted.number, 0) AS counted
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
ORDER BY event.id
