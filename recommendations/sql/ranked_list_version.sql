-- Invariant: what a user's ranked list depends on in the database: the active training run, and the newest `rows`
-- interactions and the mutes, of which one more or one less shows in their number or in the greatest id.
SELECT
    (
        SELECT id
        FROM recommendations_run
        WHERE activated_at IS NOT NULL
        ORDER BY activated_at DESC, id DESC
        LIMIT 1
    ) AS run_id,
    coalesce(max(own.id), 0) AS newest_id,
    count(own.id) AS number,
    (SELECT coalesce(max(id), 0) FROM interactions_mute WHERE user_id = %(user)s) AS newest_mute_id,
    (SELECT count(*) FROM interactions_mute WHERE user_id = %(user)s) AS mutes
FROM (
    SELECT id
    FROM interactions_interaction
    WHERE user_id = %(user)s
    ORDER BY created_at DESC, id DESC
    LIMIT %(rows)s
) AS own
