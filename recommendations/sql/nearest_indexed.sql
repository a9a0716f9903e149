-- Invariant: these are about the candidates that nearest_exact.sql gives, read from the index embedding_nearest, which finds
-- nearly all of the nearest; fewer than `rows` if too many others are nearer than the candidates. Of the equally near ones,
-- as events of one text are, these have the smallest ids.
WITH asked AS MATERIALIZED (
    SELECT %(vector)s::real[]::vector AS vector
)
SELECT event_id, 1 - (vector::vector <=> (SELECT vector FROM asked)) AS similarity
FROM (
    SELECT embedding.event_id, embedding.vector
    FROM recommendations_eventembedding AS embedding
    JOIN events_event AS event ON event.id = embedding.event_id
    WHERE embedding.model = %(model)s AND embedding.version = %(version)s
        AND cardinality(embedding.vector) = 512
        AND event.status IN ('OPEN', 'IN_PROGRESS')
        AND event.start_at > %(now)s::timestamptz
        AND event.type = ANY (%(types)s::text[])
        AND (%(category)s::text IS NULL OR event.category = %(category)s::text)
        AND event.id <> %(except)s
        AND event.id NOT IN (
            SELECT event_id FROM interactions_interaction WHERE user_id = %(user)s AND action = 'DISMISS'
        )
    ORDER BY embedding.vector::halfvec(512) <=> (SELECT vector FROM asked)::halfvec(512), embedding.event_id
    LIMIT %(rows)s
) AS nearest
ORDER BY similarity DESC, event_id
