-- Invariant: for at most `rows` users above `after`, by id, each event that they interacted with before the cutoff, with the
-- sums of the weights of the interactions, decayed until the cutoff: by `half_life` and, as `recent`, by `recent_half_life`.
-- A bounded number of users keeps each read short. Summed in the order of the interactions, which changes the last bits of
-- floats.
SELECT own.user_id, own.event_id,
    sum(
        (%(weights)s::float8[])[array_position(%(actions)s::text[], own.action::text)]
        * power(0.5, extract(epoch FROM %(cutoff)s::timestamptz - own.created_at)::float8 / %(half_life)s::float8)
        ORDER BY own.id
    ) AS weight,
    sum(
        (%(weights)s::float8[])[array_position(%(actions)s::text[], own.action::text)]
        * power(0.5, extract(epoch FROM %(cutoff)s::timestamptz - own.created_at)::float8 / %(recent_half_life)s::float8)
        ORDER BY own.id
    ) AS recent
FROM interactions_interaction AS own
WHERE own.user_id IN (
        SELECT id FROM users_user WHERE id > %(after)s ORDER BY id LIMIT %(rows)s
    )
    AND own.created_at < %(cutoff)s::timestamptz
GROUP BY own.user_id, own.event_id
ORDER BY own.user_id, own.event_id
