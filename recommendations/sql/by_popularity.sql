-- Invariant: these are the first `rows` candidates after a position, of the categories `within` or, if that is null, of
-- every category that occurs outside `outside`, but for the `unlisted`; more interactions first, then the sooner start, then the smaller id.
-- The index tally_ranking is in this order for each category and type, so `rows` entries of each of these slices are
-- read, none of the others, and merged in three steps so that no sort grows with the number of slices.
WITH RECURSIVE occurring (category) AS (
    -- A loose index scan: one step for each category, however many events it has.
    (
        SELECT category
        FROM interactions_tally
        WHERE %(within)s::text[] IS NULL AND status IN ('OPEN', 'IN_PROGRESS')
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
    FROM (
        SELECT unnest(%(within)s::text[]) AS category
        UNION ALL
        SELECT category FROM occurring WHERE category IS NOT NULL AND category <> ALL (%(outside)s::text[])
    ) AS either
)
SELECT
    organiser.name AS organiser_name,
    organiser.external_id AS organiser_external_id,
    - top.descending_count AS interaction_count,
    pg_current_snapshot()::text AS seen_in,
    statement_timestamp()::text AS seen_at,
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
            SELECT of_slice.*
            FROM unnest(%(types)s::text[]) AS types (type)
            CROSS JOIN LATERAL (
                SELECT tally.descending_count, tally.start_at, tally.event_id
                FROM interactions_tally AS tally
                WHERE tally.category = wanted.category
                    AND tally.type = types.type
                    AND tally.status IN ('OPEN', 'IN_PROGRESS')
                    AND (tally.descending_count, tally.start_at, tally.event_id)
                        > (%(after_count)s::bigint, %(after_start)s::timestamptz, %(after_id)s::bigint)
                    AND tally.start_at > %(now)s::timestamptz
                    AND tally.event_id NOT IN (
                        SELECT event_id
                        FROM interactions_interaction
                        WHERE user_id = %(user)s AND action = 'DISMISS'
                    )
                    AND tally.event_id <> ALL (%(unlisted)s::bigint[])
                    AND (
                        tally.receded_xid < %(settled)s
                        OR NOT receded_since(tally.receded_xid, tally.receded_at, %(seen_in)s, %(seen_at)s::timestamptz)
                    )
                ORDER BY tally.descending_count, tally.start_at, tally.event_id
                LIMIT %(rows)s
            ) AS of_slice
            ORDER BY of_slice.descending_count, of_slice.start_at, of_slice.event_id
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
