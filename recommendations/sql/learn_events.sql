-- Invariant: these are the traits of at most `rows` events above `after`, in the order of their ids.
SELECT id, organiser_id, location_name, category, tags, title
FROM events_event
WHERE id > %(after)s
ORDER BY id
LIMIT %(rows)s
