-- Invariant: the columns of a data set's events.csv.
COPY (
    SELECT id AS event_id, title, description, category, array_to_string(tags, '|') AS tags, latitude AS lat,
        longitude AS lng, to_char(start_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS start_at,
        organiser_id AS group_id, location_name AS venue_id
    FROM events_event ORDER BY id
) TO STDOUT WITH (FORMAT csv, HEADER)
