-- Invariant: the events that were known at a moment: published before it, or somebody had done something with them. As they are
-- today, but that what lay ahead was not over.
COPY (
    SELECT event.id, event.title, event.description, event.type,
        CASE
            WHEN event.status = 'COMPLETED' AND event.start_at > %(now)s::timestamptz THEN 'OPEN' ELSE event.status
        END,
        event.category, event.tags, event.organiser_id, event.location_name, event.latitude, event.longitude,
        event.start_at, event.end_at, event.created_at
    FROM events_event AS event
    WHERE event.created_at <= %(now)s::timestamptz
        OR EXISTS (
            SELECT
            FROM interactions_interaction AS early
            WHERE early.event_id = event.id AND early.created_at < %(now)s::timestamptz
        )
    ORDER BY event.id
) TO STDOUT
