-- Invariant: these are the organisers and titles of which there are several events, each once.
SELECT organiser_id, title
FROM events_event
GROUP BY organiser_id, title
HAVING count(*) > 1
