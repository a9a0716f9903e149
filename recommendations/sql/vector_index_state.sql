-- Invariant: whether pgvector is in this database; whether it can read an index on until enough rows have passed the
-- filters, which it can since 0.8; whether the index of vectors exists; and whether it is complete, which it is not after
-- its creation was interrupted.
SELECT
    to_regtype('vector') IS NOT NULL,
    EXISTS (
        SELECT FROM pg_extension
        WHERE extname = 'vector' AND string_to_array(extversion, '.')::int[] >= ARRAY[0, 8]
    ),
    to_regclass('embedding_nearest') IS NOT NULL,
    EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('embedding_nearest') AND indisvalid)
