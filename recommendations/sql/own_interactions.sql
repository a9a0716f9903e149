-- Invariant: what was done before a moment.
COPY (
    SELECT id, user_id, event_id, action, created_at
    FROM interactions_interaction
    WHERE created_at < %(now)s::timestamptz
    ORDER BY id
) TO STDOUT
