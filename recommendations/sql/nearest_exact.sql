-- Invariant: these are the `rows` candidates whose vector has the greatest cosine with a vector, greatest first, then by id;
-- all candidates that have a vector of this encoder are compared.
WITH asked AS MATERIALIZED (
    -- Once, not for each row.
    SELECT %(vector)s::real[]::vector AS vector
),
candidate AS MATERIALIZED (
    SELECT id
    FROM events_event
    WHERE status IN ('OPEN', 'IN_PROGRESS')
        AND start_at > %(now)s::timestamptz
        AND type = ANY (%(types)s::text[])
        AND (%(category)s::text IS NULL OR category = %(category)s::text)
        AND id <> %(except)s
        AND id NOT IN (
            SELECT event_id FROM interactions_interaction WHERE user_id = %(user)s AND action = 'DISMISS'
        )
)
SELECT event_id, 1 - distance AS similarity
FROM (
    SELECT embedding.event_id, embedding.vector::vector <=> (SELECT vector FROM asked) AS distance
    FROM candidate
    JOIN recommendations_eventembedding AS embedding ON embedding.event_id = candidate.id
    WHERE embedding.model = %(model)s AND embedding.version = %(version)s
        AND cardinality(embedding.vector) = cardinality(%(vector)s::real[])
    -- Candidates first: left to itself the server sorts the vectors of all events, and then drops those of others.
    OFFSET 0
) AS compared
ORDER BY distance, event_id
LIMIT %(rows)s
