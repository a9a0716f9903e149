-- Invariant: these are the first `rows` candidates after a position, of every category that occurs outside `outside`, but for
-- the `unlisted`; more interactions first, then the sooner start, then the smaller id.
-- The index tally_ranking is in this order for each slice, which is a category and a type. Of every slice 1 + rows / 16 rows are
-- read first: of the seventeen categories, none counted as one, more than `rows` together, even of one type. The one in place
-- `rows` among these is where the page ends at the latest. Then the rest is read of the slices that may have more before it.
-- Reading each slice for a whole page would come to the same page, but while somebody holds an old snapshot, every position
-- that an event has left since is still to be passed.
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
merged AS (
    SELECT
        0 AS step,
        category,
        type,
        1 + %(rows)s::bigint / 16 AS number,
        %(after_count)s::bigint AS descending_count,
        %(after_start)s::timestamptz AS start_at,
        %(after_id)s::bigint AS event_id
    FROM occurring
    CROSS JOIN unnest(%(types)s::text[]) AS wanted (type)
    WHERE category IS NOT NULL AND category <> ALL (%(outside)s::text[])
    UNION ALL
    SELECT slice.step + 1, slice.category, slice.type, following.*
    FROM (
        SELECT
            *,
            -- Behind everything, unless so many rows were found.
            coalesce(CASE step WHEN 1 THEN nth_value(descending_count, %(rows)s::integer) OVER found END, 2147483647) AS last_count,
            coalesce(CASE step WHEN 1 THEN nth_value(start_at, %(rows)s::integer) OVER found END, 'infinity') AS last_start_at,
            coalesce(CASE step WHEN 1 THEN nth_value(event_id, %(rows)s::integer) OVER found END, 9223372036854775807) AS last_id
        FROM merged
        WHERE step < 2
        WINDOW found AS (
            ORDER BY descending_count, start_at, event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        )
    ) AS slice
    CROSS JOIN LATERAL (
        SELECT row_number() OVER (ORDER BY descending_count, start_at, event_id) AS number, descending_count, start_at, event_id
        FROM interactions_tally
        WHERE category = slice.category
            AND type = slice.type
            AND status IN ('OPEN', 'IN_PROGRESS')
            AND (descending_count, start_at, event_id) > (slice.descending_count, slice.start_at, slice.event_id)
            AND (descending_count, start_at, event_id) <= (slice.last_count, slice.last_start_at, slice.last_id)
            AND start_at > %(now)s::timestamptz
            AND (
                receded_xid < %(settled)s
                OR NOT receded_since(receded_xid, receded_at, %(seen_in)s, %(seen_at)s::timestamptz)
            )
            AND event_id <> ALL (%(unlisted)s::bigint[])
            AND event_id NOT IN (
                SELECT event_id
                FROM interactions_interaction
                WHERE user_id = %(user)s AND action = 'DISMISS'
            )
        ORDER BY descending_count, start_at, event_id
        LIMIT CASE slice.step WHEN 0 THEN 1 + %(rows)s::bigint / 16 ELSE %(rows)s::bigint END
    ) AS following
    -- The last row that was read of a slice; a slice of which fewer were has no more.
    WHERE slice.number = 1 + %(rows)s::bigint / 16
        AND (slice.descending_count, slice.start_at, slice.event_id)
            < (slice.last_count, slice.last_start_at, slice.last_id)
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
    SELECT descending_count, start_at, event_id
    FROM merged
    WHERE step > 0
    ORDER BY descending_count, start_at, event_id
    LIMIT %(rows)s
) AS top
JOIN events_event AS event ON event.id = top.event_id
LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
ORDER BY top.descending_count, top.start_at, top.event_id
