-- Invariant: at most `limit` events, each with at least `at_least` interactions since `since`, of which one person made
-- `percent` in a hundred or more, or which are `per_person` or more for each person who made any; the narrowest first.
WITH person AS (
    SELECT event_id, user_id, count(*) AS number
    FROM interactions_interaction
    WHERE created_at >= %(since)s
    GROUP BY event_id, user_id
), narrow AS (
    SELECT
        event_id, sum(number)::bigint AS number, count(*) AS people, max(number) AS busiest_number,
        (array_agg(user_id ORDER BY number DESC, user_id))[1] AS busiest_id
    FROM person
    GROUP BY event_id
    HAVING sum(number) >= %(at_least)s
        AND (100 * max(number) >= %(percent)s * sum(number) OR sum(number) >= %(per_person)s * count(*))
    ORDER BY sum(number) / count(*) DESC, sum(number) DESC, event_id
    LIMIT %(limit)s
)
SELECT
    narrow.event_id, event.title, narrow.number, narrow.people,
    narrow.busiest_id, busiest.username, narrow.busiest_number
FROM narrow
JOIN events_event AS event ON event.id = narrow.event_id
JOIN users_user AS busiest ON busiest.id = narrow.busiest_id
ORDER BY narrow.number::numeric / narrow.people DESC, narrow.number DESC, narrow.event_id
