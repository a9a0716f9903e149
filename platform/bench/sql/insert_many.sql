-- Invariant: so many interactions in one statement, by Zipf's law over the events.
INSERT INTO interactions_interaction (user_id, event_id, action)
SELECT
    1 + floor(bench.chance(number, %(seed)s) * %(users)s::bigint)::bigint,
    bench.zipf_event(bench.chance(number, %(seed)s::bigint + 1), %(events)s::bigint),
    'CLICK'
FROM generate_series(1, %(number)s::bigint) AS number
