-- Invariant: true for one connection at a time, until nearest_index_turn_over.sql or its end.
SELECT pg_try_advisory_lock(hashtext('marquee'), hashtext('embedding_nearest'))
