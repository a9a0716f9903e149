-- Invariant: as in by_popularity.sql, of the categories `within`. A statement of its own: few categories are named, and reading
-- each for a whole page takes less time than finding out how much of it is wanted.
-- The two types of a category, one of them null if the other alone is asked for, are merged as they are read, so that little
-- more than `rows` entries of the index are; then the categories, in two steps so that no sort grows with their number.
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
    FROM generate_series(0, least(4, cardinality(%(within)s::text[]) - 1)) AS parts (part)
    CROSS JOIN LATERAL (
        SELECT of_category.*
        FROM unnest(%(within)s::text[]) WITH ORDINALITY AS wanted (category, number)
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
        WHERE (wanted.number - 1) %% 5 = parts.part
        ORDER BY of_category.descending_count, of_category.start_at, of_category.event_id
        LIMIT %(rows)s
    ) AS of_part
    ORDER BY of_part.descending_count, of_part.start_at, of_part.event_id
    LIMIT %(rows)s
) AS top
JOIN events_event AS event ON event.id = top.event_id
LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
ORDER BY top.descending_count, top.start_at, top.event_id
