-- Invariant: recount.sql finds nothing afterwards. The triggers were off while rows were loaded.
INSERT INTO interactions_tally (event_id, interaction_count, demoted_xid, type, status, category, start_at, is_free, attendance, latitude, longitude)
SELECT event.id, coalesce(counted.number, 0), 0, event.type, event.status, coalesce(event.category, ''),
    event.start_at, coalesce(event.price_max = 0, false), coalesce(event.attendance, ''), event.latitude, event.longitude
FROM events_event AS event
LEFT JOIN (
    SELECT event_id, count(*) AS number FROM interactions_interaction GROUP BY event_id
) AS counted ON counted.event_id = event.id
ORDER BY event.id;
