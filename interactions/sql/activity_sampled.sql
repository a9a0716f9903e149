-- Invariant: as in activity.sql, of the interactions in about `pages` pages of the table, the same ones each time as
-- long as it does not grow. So it costs the same for every event.
SELECT day, action, count(*) AS number, count(DISTINCT user_id) AS people
FROM (
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, action, user_id
    FROM interactions_interaction TABLESAMPLE SYSTEM (
        (
            SELECT least(100, 100.0 * %(pages)s / greatest(1, pg_relation_size('interactions_interaction') / 8192))
        )
    ) REPEATABLE (1)
    WHERE event_id = %(event)s
) AS done
GROUP BY GROUPING SETS ((day, action), ())
ORDER BY day NULLS LAST, action
