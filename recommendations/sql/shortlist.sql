-- Invariant: these are candidates of a person at a moment, each once, found by who organises them, where they are, how near,
-- soon or new they are, and those `named`; each with what was known of it before that moment, and nothing from after it.
-- Every source reads some rows of an index in its order; what is known of an event is read from the newest `seen`
-- interactions with it, so that nothing grows with how popular it is. `past` lets in what is over by now: what lay ahead
-- at a moment in the past. Nothing starts after `until`. The conditions are written with CASE, which the planner takes to
-- let half of the rows pass: of a parameter it would expect that hardly any do, read all rows of an organiser and sort them.
WITH found (id) AS (
    SELECT unnest(%(named)s::bigint[])
    UNION
    SELECT by_organiser.id
    FROM unnest(%(organisers)s::bigint[], %(for_organiser)s::int[]) AS organisers (id, number)
    CROSS JOIN LATERAL (
        SELECT event.id
        FROM events_event AS event
        WHERE event.organiser_id = organisers.id AND event.start_at > %(now)s::timestamptz
            AND CASE
                WHEN event.start_at > %(until)s::timestamptz THEN false
                WHEN event.status = 'COMPLETED' THEN %(past)s
                ELSE event.status IN ('OPEN', 'IN_PROGRESS')
            END
            AND event.type = ANY (%(types)s::text[])
            AND CASE WHEN %(category)s::text IS NULL THEN true ELSE event.category = %(category)s END
        ORDER BY event.start_at, event.id
        LIMIT organisers.number
    ) AS by_organiser
    UNION
    SELECT by_venue.id
    FROM unnest(%(venues)s::text[]) AS venues (name)
    CROSS JOIN LATERAL (
        SELECT event.id
        FROM events_event AS event
        WHERE event.location_name = venues.name AND event.start_at > %(now)s::timestamptz
            AND CASE
                WHEN event.start_at > %(until)s::timestamptz THEN false
                WHEN event.status = 'COMPLETED' THEN %(past)s
                ELSE event.status IN ('OPEN', 'IN_PROGRESS')
            END
            AND event.type = ANY (%(types)s::text[])
            AND CASE WHEN %(category)s::text IS NULL THEN true ELSE event.category = %(category)s END
        ORDER BY event.start_at, event.id
        LIMIT %(for_venue)s
    ) AS by_venue
    UNION
    (
        SELECT event.id
        FROM events_event AS event
        WHERE event.latitude IS NOT NULL AND event.longitude IS NOT NULL AND %(latitude)s::float8 IS NOT NULL
            AND event.start_at > %(now)s::timestamptz
            AND CASE
                WHEN event.start_at > %(until)s::timestamptz THEN false
                WHEN event.status = 'COMPLETED' THEN %(past)s
                ELSE event.status IN ('OPEN', 'IN_PROGRESS')
            END
            AND event.type = ANY (%(types)s::text[])
            AND CASE WHEN %(category)s::text IS NULL THEN true ELSE event.category = %(category)s END
        ORDER BY
            point(event.longitude, event.latitude) <-> point(%(longitude)s::float8, %(latitude)s::float8),
            event.start_at, event.id
        LIMIT %(near)s
    )
    UNION
    (
        SELECT event.id
        FROM events_event AS event
        WHERE event.start_at > %(now)s::timestamptz
            AND CASE
                WHEN event.start_at > %(until)s::timestamptz THEN false
                WHEN event.status = 'COMPLETED' THEN %(past)s
                ELSE event.status IN ('OPEN', 'IN_PROGRESS')
            END
            AND event.type = ANY (%(types)s::text[])
            AND CASE WHEN %(category)s::text IS NULL THEN true ELSE event.category = %(category)s END
        ORDER BY event.start_at, event.id
        LIMIT %(soon)s
    )
    UNION
    (
        SELECT event.id
        FROM events_event AS event
        WHERE event.start_at > %(now)s::timestamptz
            AND CASE
                WHEN event.start_at > %(until)s::timestamptz THEN false
                WHEN event.status = 'COMPLETED' THEN %(past)s
                ELSE event.status IN ('OPEN', 'IN_PROGRESS')
            END
            AND event.type = ANY (%(types)s::text[])
            AND CASE WHEN %(category)s::text IS NULL THEN true ELSE event.category = %(category)s END
        ORDER BY event.id DESC
        LIMIT %(fresh)s
    )
),
peers AS MATERIALIZED (
    -- Who did something with the same events, and with how many of them.
    SELECT other.user_id, count(*) AS shared
    FROM unnest(%(own)s::bigint[]) AS own (id)
    CROSS JOIN LATERAL (
        SELECT DISTINCT newest.user_id
        FROM (
            SELECT user_id
            FROM interactions_interaction
            WHERE event_id = own.id AND created_at < %(now)s::timestamptz AND action <> 'DISMISS'
            ORDER BY created_at DESC, id DESC
            LIMIT %(seen)s
        ) AS newest
    ) AS other
    WHERE other.user_id <> %(user)s
    GROUP BY other.user_id
)
SELECT
    event.id,
    event.organiser_id,
    event.location_name,
    event.category,
    event.tags,
    event.latitude,
    event.longitude,
    extract(epoch FROM event.start_at)::double precision AS start_at,
    event.title,
    queue.ahead,
    interest.people,
    interest.lately,
    interest.committed,
    interest.dismissals,
    interest.peers,
    interest.shared
FROM found
CROSS JOIN LATERAL (
    -- By the key, however many the planner expects to be found: OFFSET keeps it from joining in another way.
    SELECT *
    FROM events_event
    WHERE id = found.id
    OFFSET 0
) AS event
CROSS JOIN LATERAL (
    SELECT
        count(DISTINCT newest.user_id) FILTER (WHERE newest.action <> 'DISMISS') AS people,
        count(DISTINCT newest.user_id)
            FILTER (WHERE newest.action <> 'DISMISS' AND newest.created_at > %(now)s::timestamptz - interval '7 days')
            AS lately,
        count(DISTINCT newest.user_id) FILTER (WHERE newest.action = 'APPLY') AS committed,
        count(DISTINCT newest.user_id) FILTER (WHERE newest.action = 'DISMISS') AS dismissals,
        count(DISTINCT peers.user_id) FILTER (WHERE newest.action <> 'DISMISS') AS peers,
        coalesce(sum(peers.shared) FILTER (WHERE newest.action = 'APPLY'), 0)::bigint AS shared
    FROM (
        SELECT user_id, action, created_at
        FROM interactions_interaction
        WHERE event_id = event.id AND created_at < %(now)s::timestamptz AND user_id <> %(user)s
        ORDER BY created_at DESC, id DESC
        LIMIT %(seen)s
    ) AS newest
    LEFT JOIN peers ON peers.user_id = newest.user_id
) AS interest
CROSS JOIN LATERAL (
    -- The place of the event among what its organiser has ahead.
    SELECT count(*) AS ahead
    FROM (
        SELECT
        FROM events_event AS sooner
        WHERE sooner.organiser_id = event.organiser_id
            AND sooner.start_at > %(now)s::timestamptz
            AND (sooner.start_at, sooner.id) < (event.start_at, event.id)
        LIMIT 50
    ) AS queue
) AS queue
WHERE event.start_at > %(now)s::timestamptz
    AND event.start_at <= %(until)s::timestamptz
    AND (event.status IN ('OPEN', 'IN_PROGRESS') OR (%(past)s AND event.status = 'COMPLETED'))
    AND event.type = ANY (%(types)s::text[])
    AND (%(category)s::text IS NULL OR event.category = %(category)s)
    AND NOT EXISTS (
        SELECT
        FROM interactions_interaction AS own
        WHERE own.user_id = %(user)s AND own.event_id = event.id AND own.action = 'DISMISS'
            AND own.created_at < %(now)s::timestamptz
    )
ORDER BY event.id
