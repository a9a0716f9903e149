-- Invariant: these are the traits of a run, always in the same order: sums over them are then the same to the last bit.
SELECT kind, key, people, deeds, events, factors, trend
FROM recommendations_trait
WHERE run_id = %(run)s
ORDER BY id
