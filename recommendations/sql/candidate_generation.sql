-- Invariant: candidates of a user at a moment, each once: the popular ones, and some of each organiser and venue, the
-- nearest, soonest and newest. Each comes with what was known of it before that moment; nothing later is read.
-- Every source reads some rows of an index in its order, and statistics come from the `newest` interactions with an event,
-- so the cost doesn't grow with its popularity.
WITH muted AS (
    SELECT organiser_id, series, category
    FROM interactions_mute
    WHERE user_id = %(user)s AND id <> ALL (%(unmuted)s::bigint[]) AND created_at < %(now)s::timestamptz
),
eligible AS NOT MATERIALIZED (
    -- Written once and read in several ways: each source gets its own plan. `past` lets in what is over by now, for a
    -- moment in the past; nothing starts after `until`. The conditions use CASE because the planner takes it to let half
    -- of the rows pass; of a parameter it expects that hardly any do, and would read and sort all rows of an organiser.
    SELECT *
    FROM events_event
    WHERE start_at > %(now)s::timestamptz
        AND CASE
            WHEN start_at > %(until)s::timestamptz THEN false
            WHEN status = 'COMPLETED' THEN %(past)s
            ELSE status IN ('OPEN', 'IN_PROGRESS')
        END
        AND type = ANY (%(types)s::text[])
        AND CASE WHEN %(categories)s::text[] IS NULL THEN true ELSE category = ANY (%(categories)s) END
        AND CASE WHEN %(starts_after)s::timestamptz IS NULL THEN true ELSE start_at > %(starts_after)s END
        AND CASE WHEN %(starts_before)s::timestamptz IS NULL THEN true ELSE start_at < %(starts_before)s END
        AND CASE WHEN %(free)s::boolean THEN price_max = 0 ELSE true END
        AND CASE WHEN %(attendance)s::text[] IS NULL THEN true ELSE attendance = ANY (%(attendance)s) END
        AND CASE WHEN %(circle)s::double precision[] IS NULL THEN true ELSE is_near(latitude, longitude, %(circle)s) END
        AND CASE
            WHEN organiser_id = ANY (ARRAY(SELECT organiser_id FROM muted)) THEN false
            WHEN series = ANY (ARRAY(SELECT series FROM muted)) THEN false
            WHEN category = ANY (ARRAY(SELECT category FROM muted)) THEN false
            ELSE true
        END
),
candidates (id) AS (
    SELECT unnest(%(popular)s::bigint[])
    UNION
    SELECT by_organiser.id
    FROM unnest(%(organisers)s::bigint[], %(per_organiser)s::int[]) AS organisers (id, number)
    CROSS JOIN LATERAL (
        SELECT id FROM eligible WHERE organiser_id = organisers.id ORDER BY start_at, id LIMIT organisers.number
    ) AS by_organiser
    UNION
    SELECT by_venue.id
    FROM unnest(%(venues)s::text[]) AS venues (name)
    CROSS JOIN LATERAL (
        SELECT id FROM eligible WHERE location_name = venues.name ORDER BY start_at, id LIMIT %(per_venue)s
    ) AS by_venue
    UNION
    (
        SELECT id
        FROM eligible
        WHERE latitude IS NOT NULL AND longitude IS NOT NULL AND %(latitude)s::float8 IS NOT NULL
        ORDER BY point(longitude, latitude) <-> point(%(longitude)s::float8, %(latitude)s::float8), start_at, id
        LIMIT %(near)s
    )
    UNION
    (SELECT id FROM eligible ORDER BY start_at, id LIMIT %(soon)s)
    UNION
    (SELECT id FROM eligible ORDER BY id DESC LIMIT %(fresh)s)
),
peers AS MATERIALIZED (
    -- Users who interacted with the same events, and with how many of them.
    SELECT other.user_id, count(*) AS shared
    FROM unnest(%(own)s::bigint[]) AS own (id)
    CROSS JOIN LATERAL (
        SELECT DISTINCT newest.user_id
        FROM (
            SELECT user_id
            FROM interactions_interaction
            WHERE event_id = own.id AND created_at < %(now)s::timestamptz AND action <> 'DISMISS'
            ORDER BY created_at DESC, id DESC
            LIMIT %(newest)s
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
    interest.recent_people,
    interest.applicants,
    interest.dismissals,
    interest.peers,
    interest.shared,
    event.series
FROM candidates
CROSS JOIN LATERAL (
    -- OFFSET keeps the planner from another join than by the key, however many candidates it expects.
    SELECT *
    FROM eligible
    WHERE id = candidates.id
    OFFSET 0
) AS event
CROSS JOIN LATERAL (
    SELECT
        count(DISTINCT newest.user_id) FILTER (WHERE newest.action <> 'DISMISS') AS people,
        count(DISTINCT newest.user_id)
            FILTER (WHERE newest.action <> 'DISMISS' AND newest.created_at > %(now)s::timestamptz - interval '7 days')
            AS recent_people,
        count(DISTINCT newest.user_id) FILTER (WHERE newest.action = 'APPLY') AS applicants,
        count(DISTINCT newest.user_id) FILTER (WHERE newest.action = 'DISMISS') AS dismissals,
        count(DISTINCT peers.user_id) FILTER (WHERE newest.action <> 'DISMISS') AS peers,
        coalesce(sum(peers.shared) FILTER (WHERE newest.action = 'APPLY'), 0)::bigint AS shared
    FROM (
        SELECT user_id, action, created_at
        FROM interactions_interaction
        WHERE event_id = event.id AND created_at < %(now)s::timestamptz AND user_id <> %(user)s
        ORDER BY created_at DESC, id DESC
        LIMIT %(newest)s
    ) AS newest
    LEFT JOIN peers ON peers.user_id = newest.user_id
) AS interest
CROSS JOIN LATERAL (
    -- Events of the same organiser that start sooner.
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
WHERE NOT EXISTS (
        SELECT
        FROM interactions_interaction AS own
        WHERE own.user_id = %(user)s AND own.event_id = event.id AND own.action = 'DISMISS'
            AND own.created_at < %(now)s::timestamptz
    )
ORDER BY event.id
