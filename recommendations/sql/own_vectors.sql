-- Invariant: the vectors of the events that were known at a moment, as sql/own_events.sql has them, of their texts of today;
-- not the versions of the rows that they were made from, which do not hold for copies.
COPY (
    SELECT own.event_id, own.model, own.version, own.text_hash, '' AS row_versions, own.vector, own.created_at
    FROM recommendations_eventembedding AS own
    JOIN events_event AS event ON event.id = own.event_id
    WHERE event.created_at <= %(now)s::timestamptz
        OR EXISTS (
            SELECT
            FROM interactions_interaction AS early
            WHERE early.event_id = event.id AND early.created_at < %(now)s::timestamptz
        )
    ORDER BY own.event_id
) TO STDOUT
