-- Invariant: the number of people who chose, from a moment until another, something that lay ahead at the first, no
-- further than `reach`.
SELECT count(DISTINCT later.user_id)
FROM interactions_interaction AS later
JOIN events_event AS event ON event.id = later.event_id
WHERE later.created_at >= %(since)s::timestamptz AND later.created_at < %(until)s::timestamptz
    AND later.action IN ('APPLY', 'SAVE')
    AND event.start_at > %(since)s::timestamptz AND event.start_at <= %(reach)s::timestamptz
    AND event.status <> 'CANCELLED'
