-- Invariant: recount.sql finds nothing afterwards that it did not find before; nothing moves in the order.
UPDATE interactions_tally AS tally
SET is_free = coalesce(event.price_max = 0, false),
    attendance = coalesce(event.attendance, ''),
    latitude = event.latitude,
    longitude = event.longitude
FROM events_event AS event
WHERE event.id = tally.event_id
    AND (tally.is_free, tally.attendance, tally.latitude, tally.longitude)
        IS DISTINCT FROM (coalesce(event.price_max = 0, false), coalesce(event.attendance, ''), event.latitude, event.longitude)
