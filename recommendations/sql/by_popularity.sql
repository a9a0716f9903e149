-- Invariant: these are the first `rows` candidates after a position, of every category that occurs outside `outside`, but for
-- the `unlisted`; more interactions first, then the sooner start, then the smaller id.
-- The index tally_ranking is in this order for each category and type. The two types of a category, one of them null if
-- the other alone is asked for, are merged as they are read, so that little more than `rows` entries of it are; then the
-- categories, in two steps so that no sort grows with their number.
WITH RECURSIVE occurring (category) AS (
    -- A loose index scan: one step for each category, however many events it has.
    (
        SELECT category
        FROM interactions_tally
        WHERE status IN ('OPEN', 'IN_PROGRESS')
        ORDER BY category
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT tally.category
        FROM interactions_tally AS tally
        WHERE tally.category > occurring.category AND tally.status IN ('OPEN', 'IN_PROGRESS')
        ORDER BY tally.category
        LIMIT 1
    )
    FROM occurring
    WHERE occurring.category IS NOT NULL
),
wanted AS MATERIALIZED (
    SELECT category, row_number() OVER () %% 5 AS part
    FROM occurring
    WHERE category IS NOT NULL AND category <> ALL (%(outside)s::text[])
)
SELECT
    organiser.name AS organiser_name,
    organiser.external_id AS organiser_external_id,
    - top.descending_count AS interaction_count,
    (SELECT pg_current_snapshot()::text) AS seen_in,
    (SELECT statement_timestamp()::text) AS seen_at,
    event.id, event.title, event.description, event.type, event.status, event.category, event.tags,
    event.organiser_id, event.location_name, event.latitude, event.longitude, event.url, event.start_at,
    event.end_at
FROM (
    SELECT of_part.*
    FROM generate_series(0, 4) AS parts (part)
    CROSS JOIN LATERAL (
        SELECT of_category.*
        FROM wanted
        CROSS JOIN LATERAL (
            SELECT slice.descending_count, slice.start_at, slice.event_id
            FROM (
                (
                    SELECT descending_count, start_at, event_id
                    FROM interactions_tally
                    WHERE category = wanted.category
                        AND type = (%(types)s::text[])[1]
                        AND status IN ('OPEN', 'IN_PROGRESS')
                        AND (descending_count, start_at, event_id)
                            > (%(after_count)s::bigint, %(after_start)s::timestamptz, %(after_id)s::bigint)
                        AND start_at > %(now)s::timestamptz
                        AND (
                            receded_xid < %(settled)s
                            OR NOT receded_since(receded_xid, receded_at, %(seen_in)s, %(seen_at)s::timestamptz)
                        )
                    ORDER BY descending_count, start_at, event_id
                )
                UNION ALL
                (
                    SELECT descending_count, start_at, event_id
                    FROM interactions_tally
                    WHERE category = wanted.category
                        AND type = (%(types)s::text[])[2]
                        AND status IN ('OPEN', 'IN_PROGRESS')
                        AND (descending_count, start_at, event_id)
                            > (%(after_count)s::bigint, %(after_start)s::timestamptz, %(after_id)s::bigint)
                        AND start_at > %(now)s::timestamptz
                        AND (
                            receded_xid < %(settled)s
                            OR NOT receded_since(receded_xid, receded_at, %(seen_in)s, %(seen_at)s::timestamptz)
                        )
                    ORDER BY descending_count, start_at, event_id
                )
                ORDER BY descending_count, start_at, event_id
            ) AS slice
            WHERE slice.event_id <> ALL (%(unlisted)s::bigint[])
                AND slice.event_id NOT IN (
                    SELECT event_id
                    FROM interactions_interaction
                    WHERE user_id = %(user)s AND action = 'DISMISS'
                )
            ORDER BY slice.descending_count, slice.start_at, slice.event_id
            LIMIT %(rows)s
        ) AS of_category
        WHERE wanted.part = parts.part
        ORDER BY of_category.descending_count, of_category.start_at, of_category.event_id
        LIMIT %(rows)s
    ) AS of_part
    ORDER BY of_part.descending_count, of_part.start_at, of_part.event_id
    LIMIT %(rows)s
) AS top
JOIN events_event AS event ON event.id = top.event_id
LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
ORDER BY top.descending_count, top.start_at, top.event_id
