-- Invariant: every event has a vector of this encoder, of length 1, in a cloud about one of 500 themes, as texts about the
-- same thing are; the same event always has the same. As fresh as embed would leave it.
CREATE TABLE bench.theme AS
SELECT theme, l2_normalize(array_agg((bench.chance(theme * 1000 + place, 51) - 0.5)::real ORDER BY place)::vector) AS vector
FROM generate_series(1, 2500) AS theme, generate_series(1, %(dimensions)s::int) AS place
GROUP BY theme;
INSERT INTO recommendations_eventembedding (event_id, model, version, text_hash, row_versions, vector)
SELECT event.id, %(model)s, %(version)s, '', concat_ws(' ', event.xmin, event.ctid, organiser.xmin, organiser.ctid),
    l2_normalize(broad.vector + close.vector + fine.vector)::real[]
FROM events_event AS event
LEFT JOIN events_organiser AS organiser ON organiser.id = event.organiser_id
-- One of 500 themes, and two of 2,000 shades.
JOIN bench.theme AS broad ON broad.theme = 1 + floor(bench.chance(event.id, 52) * 500)
JOIN bench.theme AS close ON close.theme = 501 + floor(bench.chance(event.id, 53) * 2000)
JOIN bench.theme AS fine ON fine.theme = 501 + floor(bench.chance(event.id, 54) * 2000);
DROP TABLE bench.theme
