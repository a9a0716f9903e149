-- Invariant: every organiser, under its id.
COPY (SELECT id, name FROM events_organiser ORDER BY id) TO STDOUT
