-- Invariant: of the interactions asked for, in their order, those whose event exists are recorded, all by one statement;
-- events are locked against deletion before they are counted, so that none fails. See Note [Cascades].
WITH asked AS (
    SELECT *
    FROM unnest(%(events)s::bigint[], %(actions)s::text[], %(times)s::timestamptz[])
        WITH ORDINALITY AS asked (event_id, action, created_at, place)
), existing AS (
    SELECT id FROM events_event WHERE id IN (SELECT event_id FROM asked) ORDER BY id FOR KEY SHARE
)
INSERT INTO interactions_interaction (user_id, event_id, action, created_at)
SELECT %(user)s, asked.event_id, asked.action, asked.created_at
FROM asked
JOIN existing ON existing.id = asked.event_id
ORDER BY asked.place
RETURNING id, event_id;
