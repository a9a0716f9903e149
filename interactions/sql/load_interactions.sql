-- Invariant: an interaction is there once for each user, event, action and time, however often it is loaded.
INSERT INTO interactions_interaction (user_id, event_id, action, created_at)
SELECT DISTINCT person.id, event.id, staged.action, staged.created_at
FROM staged_interaction AS staged
JOIN users_user AS person ON person.username = staged.user_key
JOIN events_event AS event ON event.external_id = staged.event_key
WHERE NOT EXISTS (
    SELECT FROM interactions_interaction AS known
    WHERE known.user_id = person.id AND known.event_id = event.id
      AND known.action = staged.action AND known.created_at = staged.created_at
)
ORDER BY staged.created_at, person.id, event.id, staged.action
