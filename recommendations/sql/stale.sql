-- Invariant: returns at most `rows` events with ids below `below`, newest first, whose vector is missing, of another encoder,
-- or made from other versions of their rows (see Note [Row versions]); with `everything` past and cancelled events, too. The
-- hash is that of the text of this encoder's vector, null without one.
WITH behind AS MATERIALIZED (
    -- Materialised, so that two narrow scans are hashed: looking the rows up one by one takes three times as long.
    SELECT
        event.id,
        concat_ws(' ', event.xmin, event.ctid, organiser.xmin, organiser.ctid) AS row_versions
    FROM events_event AS event
    LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
    LEFT JOIN recommendations_eventembedding AS embedding
        ON embedding.event_id = event.id AND embedding.model = %(model)s AND embedding.version = %(version)s
    WHERE (%(everything)s OR (event.status IN ('OPEN', 'IN_PROGRESS') AND event.start_at > %(now)s::timestamptz))
        AND (
            embedding.event_id IS NULL
            OR embedding.row_versions <> concat_ws(' ', event.xmin, event.ctid, organiser.xmin, organiser.ctid)
        )
)
SELECT behind.id, behind.row_versions, embedding.text_hash
FROM (SELECT * FROM behind WHERE id < %(below)s ORDER BY id DESC LIMIT %(rows)s) AS behind
LEFT JOIN recommendations_eventembedding AS embedding
    ON embedding.event_id = behind.id AND embedding.model = %(model)s AND embedding.version = %(version)s
ORDER BY behind.id DESC
