-- Invariant: 20 interactions for each event on average, by Zipf's law but for one event that has as many as there are
-- events; actions mixed as people do them. Every one of a user, event, action and time is there once.
INSERT INTO interactions_interaction (user_id, event_id, action, created_at)
SELECT
    1 + floor(bench.chance(number, 31) * %(users)s::bigint)::bigint,
    CASE
        WHEN number <= %(events)s::bigint THEN bench.zipf_event(0, %(events)s::bigint)
        ELSE bench.zipf_event(bench.chance(number, 32), %(events)s::bigint)
    END,
    CASE
        WHEN bench.chance(number, 33) < .60 THEN 'VIEW'
        WHEN bench.chance(number, 33) < .80 THEN 'CLICK'
        WHEN bench.chance(number, 33) < .90 THEN 'SAVE'
        WHEN bench.chance(number, 33) < .97 THEN 'APPLY'
        ELSE 'DISMISS'
    END,
    date_trunc('second', %(now)s::timestamptz) - interval '300 days' + number * interval '1 second' * (%(seconds)s)
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS number;
