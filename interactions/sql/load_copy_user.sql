-- Invariant: staged rows are checked rows, in the order of interactions/loading/rows.py.
COPY staged_user (key, password, interests, latitude, longitude) FROM STDIN
