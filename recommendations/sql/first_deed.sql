-- Invariant: the time of the first and the number of the interactions before a moment; the number says what a run was made of.
SELECT min(created_at), count(*), coalesce(max(id), 0)
FROM interactions_interaction
WHERE created_at < %(cutoff)s::timestamptz
