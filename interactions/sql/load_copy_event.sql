-- Invariant: staged rows are checked rows, in the order of interactions/loading/rows.py.
COPY staged_event (key, title, description, category, tags, latitude, longitude, start_at, group_key, venue) FROM STDIN
