-- Invariant: an occurrence of a recurring calendar entry, whose external_id has the original start after a "#", has the
-- key of its UID as its series.
UPDATE events_event
SET series = origin.series
FROM events_origin AS origin
WHERE origin.event_id = events_event.id AND starts_with(events_event.external_id, origin.series || '#');
