-- Invariant: this user has dismissed the events at the very top. Made with the triggers on; each of them counts one more,
-- so that they stay at the top.
INSERT INTO interactions_interaction (user_id, event_id, action)
SELECT (SELECT id FROM users_user WHERE username = %(username)s), event_id, 'DISMISS'
FROM interactions_tally
WHERE status IN ('OPEN', 'IN_PROGRESS') AND start_at > %(now)s
ORDER BY interaction_count DESC, start_at, event_id
LIMIT %(number)s;
