-- Invariant: these are the first `rows` candidates after a place of a listing, in its order. A listing may be older than what
-- people did since: what is a candidate no longer is left out.
SELECT
    organiser.name AS organiser_name,
    organiser.external_id AS organiser_external_id,
    tally.interaction_count,
    (SELECT pg_current_snapshot()::text) AS seen_in,
    (SELECT statement_timestamp()::text) AS seen_at,
    event.id, event.title, event.description, event.type, event.status, event.category, event.tags,
    event.organiser_id, event.location_name, event.latitude, event.longitude, event.url, event.start_at,
    event.end_at
FROM unnest(%(listed)s::bigint[]) WITH ORDINALITY AS listing (id, place)
JOIN events_event AS event ON event.id = listing.id
JOIN interactions_tally AS tally ON tally.event_id = event.id
LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
WHERE listing.place > %(after_place)s::bigint
    AND event.status IN ('OPEN', 'IN_PROGRESS')
    AND event.start_at > %(now)s::timestamptz
    AND event.type = ANY (%(types)s::text[])
    AND (%(category)s::text IS NULL OR event.category = %(category)s)
    AND NOT EXISTS (
        SELECT
        FROM interactions_interaction AS own
        WHERE own.user_id = %(user)s AND own.event_id = event.id AND own.action = 'DISMISS'
    )
ORDER BY listing.place
LIMIT %(rows)s
