-- Invariant: an existing event gets this vector; one that was deleted meanwhile gets none. The lock prevents its deletion
-- until the commit, and nothing else.
INSERT INTO recommendations_eventembedding AS embedding (
    event_id, model, version, text_hash, row_versions, vector
)
SELECT
    id, %(model)s, %(version)s, %(text_hash)s, %(row_versions)s, %(vector)s::real[]
FROM events_event
WHERE id = %(event)s
FOR KEY SHARE
ON CONFLICT (event_id) DO UPDATE SET
    model = excluded.model,
    version = excluded.version,
    text_hash = excluded.text_hash,
    row_versions = excluded.row_versions,
    vector = excluded.vector,
    created_at = excluded.created_at
