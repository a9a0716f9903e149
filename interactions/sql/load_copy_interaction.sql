-- Invariant: staged rows are checked rows, in the order of interactions/loading/rows.py.
COPY staged_interaction (line, user_key, event_key, action, created_at) FROM STDIN
