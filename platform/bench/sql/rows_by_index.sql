-- Invariant: the same columns of the same rows as a page has, found where they are known to be: by the index of the
-- tally's events, the events' and the organisers'. No page can be read for less than about this.
SELECT event.*, tally.interaction_count, tally.category, tally.start_at, organiser.*
FROM interactions_tally AS tally
JOIN events_event AS event ON event.id = tally.event_id
LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
WHERE tally.event_id = ANY (%(events)s)
ORDER BY - tally.interaction_count, tally.start_at, tally.event_id;
