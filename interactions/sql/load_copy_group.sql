-- Invariant: staged rows are checked rows, in the order of interactions/loading/rows.py.
COPY staged_group (key, name) FROM STDIN
