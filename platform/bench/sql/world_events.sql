-- Invariant: 15 %% of the events are past, over a year; all but the last day's of them are completed. The others start
-- within half a year. Ids run from 1. Places are spread evenly over a degree of latitude and of longitude; of the events
-- 5 %% are free and 10 %% online.
INSERT INTO events_organiser (name, external_id)
SELECT 'Organiser ' || number, 'organiser-' || number
FROM generate_series(1, %(events)s::bigint / 50) AS number
ORDER BY number;

INSERT INTO events_event (
    title, description, type, status, category, tags, organiser_id, location_name, latitude, longitude, start_at,
    end_at, external_id, created_at, price_min, price_max, currency, attendance
)
SELECT
    'Event ' || number || ' of the season',
    repeat('An evening that is worth the way, whoever you are. ', 4),
    CASE WHEN bench.chance(number, 21) < .1 THEN 'GIG' ELSE 'EVENT' END,
    CASE
        WHEN begin_at < %(now)s::timestamptz - interval '1 day' THEN 'COMPLETED'
        WHEN bench.chance(number, 22) < .05 THEN 'IN_PROGRESS'
        WHEN bench.chance(number, 22) < .07 THEN 'CANCELLED'
        ELSE 'OPEN'
    END,
    bench.category(bench.chance(number, 23)),
    ARRAY['evening', 'free'],
    1 + floor(bench.chance(number, 24) * (%(events)s::bigint / 50)),
    'Hall ' || number %% 500,
    50 + bench.chance(number, 25),
    14 + bench.chance(number, 26),
    begin_at,
    begin_at + interval '3 hours',
    'event-' || number,
    begin_at - interval '40 days',
    CASE WHEN bench.chance(number, 31) < .05 THEN 0 WHEN bench.chance(number, 31) < .6 THEN 10 END,
    CASE WHEN bench.chance(number, 31) < .05 THEN 0 WHEN bench.chance(number, 31) < .6 THEN 12.5 END,
    CASE WHEN bench.chance(number, 31) < .6 THEN 'EUR' END,
    CASE WHEN bench.chance(number, 32) < .1 THEN 'ONLINE' WHEN bench.chance(number, 32) < .8 THEN 'IN_PERSON' END
FROM (
    SELECT number,
        CASE
            WHEN bench.chance(number, 27) < .15
            THEN %(now)s::timestamptz - interval '365 days' * bench.chance(number, 28)
            ELSE %(now)s::timestamptz + interval '1 hour' + interval '180 days' * bench.chance(number, 28)
        END AS begin_at
    FROM generate_series(1, %(events)s::bigint) AS number
) AS timed
ORDER BY number;
