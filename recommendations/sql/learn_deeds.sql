-- Invariant: each person and event once, of the users above `after`, with the weights of what the person did with the event
-- before the cutoff, decayed until then, slowly and within a month. Of at most `rows` users, in the order of their ids, so that no read is long.
-- Summed up in the order of the interactions: in another one the last bits would be others.
SELECT own.user_id, own.event_id,
    sum(
        (%(weights)s::float8[])[array_position(%(actions)s::text[], own.action::text)]
        * power(0.5, extract(epoch FROM %(cutoff)s::timestamptz - own.created_at)::float8 / %(half_life)s::float8)
        ORDER BY own.id
    ) AS weight,
    sum(
        (%(weights)s::float8[])[array_position(%(actions)s::text[], own.action::text)]
        * power(0.5, extract(epoch FROM %(cutoff)s::timestamptz - own.created_at)::float8 / %(month)s::float8)
        ORDER BY own.id
    ) AS lately
FROM interactions_interaction AS own
WHERE own.user_id IN (
        SELECT id FROM users_user WHERE id > %(after)s ORDER BY id LIMIT %(rows)s
    )
    AND own.created_at < %(cutoff)s::timestamptz
GROUP BY own.user_id, own.event_id
ORDER BY own.user_id, own.event_id
