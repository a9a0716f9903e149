-- Invariant: at most `most` events, each with at least `at_least` interactions since `since`, of which one person did the
-- share `share` or more, or which are `each` or more for every person who did any; the most for each person first.
WITH doing AS (
    SELECT event_id, user_id, count(*) AS number
    FROM interactions_interaction
    WHERE created_at >= %(since)s
    GROUP BY event_id, user_id
), narrow AS (
    SELECT
        event_id, sum(number)::bigint AS interactions, count(*) AS people, max(number) AS busiest_interactions,
        (array_agg(user_id ORDER BY number DESC, user_id))[1] AS busiest_id
    FROM doing
    GROUP BY event_id
    HAVING sum(number) >= %(at_least)s
        AND (max(number) >= %(share)s * sum(number) OR sum(number) >= %(each)s * count(*))
    ORDER BY sum(number) / count(*) DESC, interactions DESC, event_id
    LIMIT %(most)s
)
SELECT
    narrow.event_id, event.title, narrow.interactions, narrow.people,
    narrow.busiest_id, busiest.username, narrow.busiest_interactions
FROM narrow
JOIN events_event AS event ON event.id = narrow.event_id
JOIN users_user AS busiest ON busiest.id = narrow.busiest_id
ORDER BY narrow.interactions::numeric / narrow.people DESC, narrow.interactions DESC, narrow.event_id
