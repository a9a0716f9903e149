-- Invariant: an embedding's event exists, who deletes it deletes the embedding; every vector can be cast to pgvector's type
-- and lies within its row. See Note [Vectors] in recommendations/models/embedding.py.
ALTER TABLE recommendations_eventembedding
    ADD CONSTRAINT embedding_event_exists FOREIGN KEY (event_id) REFERENCES events_event ON DELETE CASCADE,
    ADD CONSTRAINT embedding_is_finite CHECK (
        array_ndims(vector) = 1
        AND array_position(vector, NULL) IS NULL
        AND NOT vector && ARRAY['NaN', 'Infinity', '-Infinity']::real[]
    ),
    ALTER COLUMN vector SET STORAGE MAIN,
    -- Nobody looks for a vector by its elements, and to count them takes ANALYZE a minute.
    ALTER COLUMN vector SET STATISTICS 0,
    SET (toast_tuple_target = 8160);
