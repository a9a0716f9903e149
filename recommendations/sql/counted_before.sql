-- Invariant: these are the events that lay ahead at a moment, no further than `reach`, in the order of `popular` then: more
-- interactions before the moment, then the sooner start, then the smaller id.
SELECT event.id, event.category
FROM events_event AS event
LEFT JOIN (
    SELECT event_id, count(*) AS number
    FROM interactions_interaction
    WHERE created_at < %(now)s::timestamptz
    GROUP BY event_id
) AS counted ON counted.event_id = event.id
WHERE event.start_at > %(now)s::timestamptz AND event.start_at <= %(reach)s::timestamptz
    AND event.status <> 'CANCELLED'
ORDER BY coalesce(counted.number, 0) DESC, event.start_at, event.id
