-- Invariant: returns the ids of the first `rows` candidates after a position in the order of ranked() in ranking.py, with the
-- filters and without what the viewer dismissed or muted, what is `excluded`, and what was demoted since the first page was read.
-- The boost is the same within a category, so these are among the first `rows` of each slice, a category and a type; the index
-- tally_order has each slice in order, with every column that the conditions compare. The outer ORDER BY alone decides, so no plan changes the result.
-- Each parameter stands once, in `asked`; NOT MATERIALIZED, so that the planner sees constants.
WITH RECURSIVE asked AS NOT MATERIALIZED (
    SELECT
        %s::bigint AS "user", %s::timestamptz AS now, %s::text[] AS interests, %s::text AS type, %s::text[] AS category,
        %s::timestamptz AS starts_after, %s::timestamptz AS starts_before, %s::boolean AS free, %s::text[] AS attendance,
        %s::double precision[] AS near,
        %s::bigint[] AS excluded, %s::bigint AS rows,
        %s::integer AS after_boost, %s::bigint AS after_count, %s::timestamptz AS after_start, %s::bigint AS after_id,
        %s::bigint AS xmin, %s::text AS xids, %s::timestamptz AS read_at, %s::bigint[] AS unmuted
),
muted AS (
    SELECT mute.organiser_id, mute.series, mute.category
    FROM asked
    JOIN interactions_mute AS mute ON mute.user_id = asked."user" AND mute.id <> ALL (asked.unmuted)
),
-- A loose index scan: one step for each pair that occurs. A category that is empty stands for none.
occurring (category, type) AS (
    (
        SELECT category, type FROM interactions_tally
        WHERE status IN ('OPEN', 'IN_PROGRESS') ORDER BY category, type LIMIT 1
    )
    UNION ALL
    SELECT following.category, following.type
    FROM occurring
    CROSS JOIN LATERAL (
        SELECT category, type FROM interactions_tally AS tally
        WHERE (tally.category, tally.type) > (occurring.category, occurring.type) AND status IN ('OPEN', 'IN_PROGRESS')
        ORDER BY category, type LIMIT 1
    ) AS following
)
SELECT head.event_id
FROM asked
CROSS JOIN LATERAL (
    SELECT
        occurring.category, occurring.type, boosted.interest_boost,
        -- A slice that comes after the position as a whole begins before any count.
        CASE WHEN boosted.interest_boost = asked.after_boost THEN asked.after_count ELSE -2147483649 END AS after_count
    FROM occurring
    CROSS JOIN LATERAL (SELECT (occurring.category = ANY (asked.interests))::integer AS interest_boost) AS boosted
    WHERE boosted.interest_boost <= asked.after_boost
        AND (asked.category IS NULL OR occurring.category = ANY (asked.category))
        AND (asked.type IS NULL OR occurring.type = asked.type)
        AND occurring.category NOT IN (SELECT category FROM muted WHERE category IS NOT NULL)
) AS slice
CROSS JOIN LATERAL (
    SELECT event_id, descending_count, start_at FROM interactions_tally AS tally
    WHERE tally.category = slice.category AND tally.type = slice.type AND tally.status IN ('OPEN', 'IN_PROGRESS')
        AND tally.start_at > GREATEST(asked.now, asked.starts_after)
        AND (asked.starts_before IS NULL OR tally.start_at < asked.starts_before)
        AND (tally.descending_count, tally.start_at, tally.event_id) > (slice.after_count, asked.after_start, asked.after_id)
        AND (tally.demoted_xid < asked.xmin OR NOT demoted_since(tally.demoted_xid, tally.demoted_at, asked.xids, asked.read_at))
        -- CASE makes the planner expect that half of the rows pass: expecting few, it would sort slices instead.
        AND CASE WHEN asked.free THEN tally.is_free ELSE true END
        AND CASE WHEN asked.attendance IS NULL THEN true ELSE tally.attendance = ANY (asked.attendance) END
        AND CASE WHEN asked.near IS NULL THEN true ELSE is_near(tally.latitude, tally.longitude, asked.near) END
        AND tally.event_id <> ALL (asked.excluded)
        AND tally.event_id NOT IN (
            SELECT event_id FROM interactions_interaction WHERE user_id = asked."user" AND action = 'DISMISS'
            UNION ALL
            SELECT event.id FROM muted JOIN events_event AS event USING (organiser_id) WHERE event.start_at > asked.now
            UNION ALL
            SELECT event.id FROM muted JOIN events_event AS event USING (series) WHERE event.start_at > asked.now
        )
    ORDER BY descending_count, start_at, event_id LIMIT asked.rows
) AS head
ORDER BY slice.interest_boost DESC, head.descending_count, head.start_at, head.event_id LIMIT (SELECT rows FROM asked)
