-- Invariant: each person and event once, in the order of persons: what people applied to from a moment until another, of what was
-- ahead and known at the first (as in sql/own_events.sql) and is not cancelled, and with which they had done nothing before;
-- whether anybody had, and whether the person had done anything.
SELECT later.user_id, later.event_id,
    NOT EXISTS (
        SELECT
        FROM interactions_interaction AS early
        WHERE early.event_id = later.event_id AND early.created_at < %(since)s::timestamptz
    ) AS is_new,
    EXISTS (
        SELECT
        FROM interactions_interaction AS own
        WHERE own.user_id = later.user_id AND own.created_at < %(since)s::timestamptz
    ) AS has_past
FROM interactions_interaction AS later
JOIN events_event AS event ON event.id = later.event_id
WHERE later.created_at >= %(since)s::timestamptz AND later.created_at < %(until)s::timestamptz
    AND later.action = 'APPLY'
    AND event.start_at > %(since)s::timestamptz
    AND event.status <> 'CANCELLED'
    AND (
        event.created_at <= %(since)s::timestamptz
        OR EXISTS (
            SELECT
            FROM interactions_interaction AS early
            WHERE early.event_id = event.id AND early.created_at < %(since)s::timestamptz
        )
    )
    AND NOT EXISTS (
        SELECT
        FROM interactions_interaction AS own
        WHERE own.user_id = later.user_id AND own.event_id = later.event_id AND own.created_at < %(since)s::timestamptz
    )
GROUP BY later.user_id, later.event_id
ORDER BY later.user_id, later.event_id
