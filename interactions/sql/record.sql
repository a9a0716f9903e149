-- Invariant: of the things asked for, in their order, those whose event exists are recorded, all by one statement; user
-- and events are locked against deletion before they are counted, so that none fails. See Note [Cascades].
WITH asked AS (
    SELECT *
    FROM unnest(%(events)s::bigint[], %(actions)s::text[], %(times)s::timestamptz[])
        WITH ORDINALITY AS asked (event_id, action, created_at, place)
), person AS (
    SELECT id FROM users_user WHERE id = %(user)s FOR KEY SHARE
), there AS (
    SELECT id FROM events_event WHERE id IN (SELECT event_id FROM asked) ORDER BY id FOR KEY SHARE
)
INSERT INTO interactions_interaction (user_id, event_id, action, created_at)
SELECT person.id, asked.event_id, asked.action, coalesce(asked.created_at, statement_timestamp())
FROM asked
JOIN there ON there.id = asked.event_id
CROSS JOIN person
ORDER BY asked.place
RETURNING id, event_id, action, created_at;
