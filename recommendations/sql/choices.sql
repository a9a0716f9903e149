-- Invariant: each person and event once, in the order of persons, with the strongest thing that the person did with the event
-- from a moment until another, if the event lay ahead at the first, no further than `reach`, and the person had done
-- nothing with it before.
SELECT later.user_id, later.event_id, bool_or(later.action = 'APPLY') AS applied
FROM interactions_interaction AS later
JOIN events_event AS event ON event.id = later.event_id
WHERE later.created_at >= %(since)s::timestamptz AND later.created_at < %(until)s::timestamptz
    AND later.action IN ('APPLY', 'SAVE')
    AND event.start_at > %(since)s::timestamptz AND event.start_at <= %(reach)s::timestamptz
    AND event.status <> 'CANCELLED'
    AND NOT EXISTS (
        SELECT
        FROM interactions_interaction AS earlier
        WHERE earlier.user_id = later.user_id AND earlier.event_id = later.event_id
            AND earlier.created_at < %(since)s::timestamptz
    )
GROUP BY later.user_id, later.event_id
ORDER BY later.user_id, later.event_id
