-- Invariant: every event that lies ahead has a vector of this encoder, of length 1 and drawn at random by the event's id.
INSERT INTO recommendations_eventembedding (event_id, model, version, text_hash, row_versions, vector)
SELECT event.id, %(model)s, %(version)s, '', '', drawn.vector
FROM events_event AS event
CROSS JOIN LATERAL (
    SELECT array_agg((part.value / part.length)::real ORDER BY part.place) AS vector
    FROM (
        SELECT place, value, sqrt(sum(value * value) OVER ()) AS length
        FROM (
            SELECT place, bench.chance(event.id * 1000 + place, 41) - 0.5 AS value
            FROM generate_series(1, %(dimensions)s::int) AS place
        ) AS raw
    ) AS part
) AS drawn
WHERE event.status IN ('OPEN', 'IN_PROGRESS')
ON CONFLICT (event_id) DO NOTHING
