-- Invariant: how many vectors there are that the index of vectors would hold; whether it is there; and whether it is complete,
-- which it is not when its making was broken off.
SELECT
    (SELECT count(*) FROM recommendations_eventembedding WHERE cardinality(vector) = 512),
    to_regclass('embedding_nearest') IS NOT NULL,
    EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('embedding_nearest') AND indisvalid),
    EXISTS (
        SELECT FROM pg_extension
        WHERE extname = 'vector' AND string_to_array(extversion, '.')::int[] >= ARRAY[0, 8]
    )
