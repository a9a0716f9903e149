-- Takes back embeddings.sql.
ALTER TABLE recommendations_eventembedding
    DROP CONSTRAINT embedding_event_exists,
    DROP CONSTRAINT embedding_is_finite,
    RESET (toast_tuple_target);
