-- Invariant: no row is ever here when interactions are inserted: each names a user or an event that is nowhere.
SELECT staged.line, person.id IS NULL AS user_is_unknown, staged.user_key, staged.event_key
FROM staged_interaction AS staged
LEFT JOIN users_user AS person ON person.username = staged.user_key
LEFT JOIN events_event AS event ON event.external_id = staged.event_key
WHERE person.id IS NULL OR event.id IS NULL
ORDER BY staged.line
LIMIT 1
