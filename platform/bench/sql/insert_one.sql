-- Invariant: one interaction, as a request that records one sends it, committed at once.
INSERT INTO interactions_interaction (user_id, event_id, action) VALUES (%(user)s, %(event)s, 'VIEW')
