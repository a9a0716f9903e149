-- Invariant: as in by_start.sql, of the categories `within`. The index event_category_upcoming is in this order for each
-- category and type. A statement of its own, because planning both at once takes longer than reading.
SELECT
    organiser.name AS organiser_name,
    organiser.external_id AS organiser_external_id,
    top.interaction_count,
    (SELECT pg_current_snapshot()::text) AS seen_in,
    (SELECT statement_timestamp()::text) AS seen_at,
    top.id, top.title, top.description, top.type, top.status, top.category, top.tags,
    top.organiser_id, top.location_name, top.latitude, top.longitude, top.url, top.start_at,
    top.end_at
FROM (
    SELECT of_slice.*
    FROM unnest(%(within)s::text[]) AS wanted (category)
    CROSS JOIN unnest(%(types)s::text[]) AS types (type)
    CROSS JOIN LATERAL (
        SELECT
            mark.interaction_count,
            upcoming.id, upcoming.title, upcoming.description, upcoming.type, upcoming.status, upcoming.category, upcoming.tags,
            upcoming.organiser_id, upcoming.location_name, upcoming.latitude, upcoming.longitude, upcoming.url, upcoming.start_at,
            upcoming.end_at
        FROM events_event AS upcoming
        JOIN interactions_tally AS mark ON mark.event_id = upcoming.id
        WHERE upcoming.category = wanted.category
            AND upcoming.type = types.type
            AND upcoming.status IN ('OPEN', 'IN_PROGRESS')
            AND (upcoming.start_at, upcoming.id) > (%(after_start)s::timestamptz, %(after_id)s::bigint)
            AND upcoming.start_at > %(now)s::timestamptz
            AND upcoming.id NOT IN (
                SELECT event_id
                FROM interactions_interaction
                WHERE user_id = %(user)s AND action = 'DISMISS'
            )
            AND (
                mark.receded_xid < %(settled)s
                OR NOT receded_since(mark.receded_xid, mark.receded_at, %(seen_in)s, %(seen_at)s::timestamptz)
            )
        ORDER BY upcoming.start_at, upcoming.id
        LIMIT %(rows)s
    ) AS of_slice
    ORDER BY of_slice.start_at, of_slice.id
    LIMIT %(rows)s
) AS top
LEFT JOIN events_organiser AS organiser ON organiser.id = top.organiser_id
ORDER BY top.start_at, top.id
