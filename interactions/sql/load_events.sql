-- Invariant: an event that is there already stays as it is; the first of repeated rows counts.
INSERT INTO events_event (
    external_id, title, description, type, status, category, tags, organiser_id, location_name, latitude, longitude,
    start_at
)
SELECT staged.key, staged.title, staged.description, 'EVENT', 'OPEN', staged.category, staged.tags, organiser.id,
    staged.venue, staged.latitude, staged.longitude, staged.start_at
FROM staged_event AS staged
LEFT JOIN events_organiser AS organiser ON organiser.external_id = staged.group_key
ORDER BY staged.place
ON CONFLICT (external_id) DO NOTHING
