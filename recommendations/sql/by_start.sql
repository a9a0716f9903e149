-- Invariant: these are the first `rows` candidates after a position, of every category outside `outside`; the sooner start
-- first, then the smaller id. The index event_type_upcoming is in this order for each type.
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
    SELECT of_type.*
    FROM unnest(%(types)s::text[]) AS types (type)
    CROSS JOIN LATERAL (
        SELECT
            mark.interaction_count,
            upcoming.id, upcoming.title, upcoming.description, upcoming.type, upcoming.status, upcoming.category, upcoming.tags,
            upcoming.organiser_id, upcoming.location_name, upcoming.latitude, upcoming.longitude, upcoming.url, upcoming.start_at,
            upcoming.end_at
        FROM events_event AS upcoming
        JOIN interactions_tally AS mark ON mark.event_id = upcoming.id
        WHERE upcoming.type = types.type
            AND upcoming.status IN ('OPEN', 'IN_PROGRESS')
            AND (upcoming.start_at, upcoming.id) > (%(after_start)s::timestamptz, %(after_id)s::bigint)
            AND upcoming.start_at > %(now)s::timestamptz
            AND (upcoming.category IS NULL OR upcoming.category <> ALL (%(outside)s::text[]))
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
    ) AS of_type
    ORDER BY of_type.start_at, of_type.id
    LIMIT %(rows)s
) AS top
LEFT JOIN events_organiser AS organiser ON organiser.id = top.organiser_id
ORDER BY top.start_at, top.id
