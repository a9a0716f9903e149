-- Invariant: whether pgvector is in this database, and whether the index of vectors is complete and this pgvector goes on
-- reading it until enough rows have passed the filters (since 0.8).
SELECT
    to_regtype('vector') IS NOT NULL,
    EXISTS (
        SELECT FROM pg_index
        WHERE indexrelid = to_regclass('embedding_nearest') AND indisvalid
    ) AND EXISTS (
        SELECT FROM pg_extension
        WHERE extname = 'vector' AND string_to_array(extversion, '.')::int[] >= ARRAY[0, 8]
    )
