-- Invariant: the newest `rows` interactions of a user before a moment, newest first, with the attributes of their events.
-- The index own_interactions is in this order.
SELECT
    own.event_id,
    own.action,
    extract(epoch FROM own.created_at)::double precision AS created_at,
    event.organiser_id,
    event.location_name,
    event.category,
    event.tags,
    event.latitude,
    event.longitude,
    extract(epoch FROM event.start_at)::double precision AS start_at,
    event.title
FROM (
    SELECT id, event_id, action, created_at
    FROM interactions_interaction
    WHERE user_id = %(user)s AND created_at < %(now)s::timestamptz
    ORDER BY created_at DESC, id DESC
    LIMIT %(rows)s
) AS own
JOIN events_event AS event ON event.id = own.event_id
ORDER BY own.created_at DESC, own.id DESC
