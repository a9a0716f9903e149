-- Invariant: these are the first `rows` candidates after a position, of the categories `within` or, if that is null, of
-- every category outside `outside`; the sooner start first, then the smaller id.
-- The indexes event_type_upcoming and event_category_upcoming are in this order for each type; only one of the two halves
-- is ever run.
SELECT
    organiser.name AS organiser_name,
    organiser.external_id AS organiser_external_id,
    tally.interaction_count,
    pg_current_snapshot()::text AS seen_in,
    statement_timestamp()::text AS seen_at,
    event.id, event.title, event.description, event.type, event.status, event.category, event.tags,
    event.organiser_id, event.location_name, event.latitude, event.longitude, event.url, event.start_at,
    event.end_at
FROM (
    SELECT either.*
    FROM unnest(%(types)s::text[]) AS types (type)
    CROSS JOIN LATERAL (
        (
            SELECT upcoming.start_at, upcoming.id
            FROM events_event AS upcoming
            JOIN interactions_tally AS mark ON mark.event_id = upcoming.id
            WHERE %(within)s::text[] IS NULL
                AND upcoming.type = types.type
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
        )
        UNION ALL
        (
            SELECT of_category.*
            FROM unnest(%(within)s::text[]) AS wanted (category)
            CROSS JOIN LATERAL (
                SELECT upcoming.start_at, upcoming.id
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
            ) AS of_category
            ORDER BY of_category.start_at, of_category.id
            LIMIT %(rows)s
        )
    ) AS either
    ORDER BY either.start_at, either.id
    LIMIT %(rows)s
) AS top
JOIN events_event AS event ON event.id = top.id
JOIN interactions_tally AS tally ON tally.event_id = top.id
LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
ORDER BY top.start_at, top.id
