-- Invariant: these are the cosines, in [-1, 1], of events' vectors with the weighted sum of the vectors of what a person liked,
-- for the events that have a vector of this encoder; none if nothing that the person liked has one.
WITH taste AS (
    SELECT sum(
        liked_vector.vector::vector * array_fill(liked.weight::real, ARRAY[%(dimensions)s::int])::vector
        -- In another order the last bits would be others.
        ORDER BY liked.place
    ) AS vector
    FROM unnest(%(liked)s::bigint[], %(weights)s::float8[]) WITH ORDINALITY AS liked (id, weight, place)
    JOIN recommendations_eventembedding AS liked_vector ON liked_vector.event_id = liked.id
    WHERE liked_vector.model = %(model)s AND liked_vector.version = %(version)s
        AND cardinality(liked_vector.vector) = %(dimensions)s
)
SELECT found.event_id, 1 - (found.vector::vector <=> taste.vector)
FROM taste
JOIN recommendations_eventembedding AS found ON found.event_id = ANY (%(found)s::bigint[])
WHERE taste.vector IS NOT NULL
    AND found.model = %(model)s AND found.version = %(version)s
    AND cardinality(found.vector) = %(dimensions)s
