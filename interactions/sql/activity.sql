-- Invariant: for each day (UTC) and action the number of an event's interactions; then, with neither, of all of them,
-- and of the people who made them.
SELECT day, action, count(*) AS number, count(DISTINCT user_id) AS people
FROM (
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, action, user_id
    FROM interactions_interaction
    WHERE event_id = %(event)s
) AS done
GROUP BY GROUPING SETS ((day, action), ())
ORDER BY day NULLS LAST, action
