-- Invariant: cosines, in [-1, 1], of events' vectors with the weighted sum of the vectors of the events that a user chose,
-- for the events that have a vector of this encoder; none if no chosen event has one.
WITH profile AS (
    SELECT sum(
        chosen_vector.vector::vector * array_fill(chosen.weight::real, ARRAY[%(dimensions)s::int])::vector
        -- The order of a sum changes the last bits of floats.
        ORDER BY chosen.position
    ) AS vector
    FROM unnest(%(chosen)s::bigint[], %(weights)s::float8[]) WITH ORDINALITY AS chosen (id, weight, position)
    JOIN recommendations_eventembedding AS chosen_vector ON chosen_vector.event_id = chosen.id
    WHERE chosen_vector.model = %(model)s AND chosen_vector.version = %(version)s
        AND cardinality(chosen_vector.vector) = %(dimensions)s
)
SELECT candidate.event_id, 1 - (candidate.vector::vector <=> profile.vector)
FROM profile
JOIN recommendations_eventembedding AS candidate ON candidate.event_id = ANY (%(candidates)s::bigint[])
WHERE profile.vector IS NOT NULL
    AND candidate.model = %(model)s AND candidate.version = %(version)s
    AND cardinality(candidate.vector) = %(dimensions)s
