-- Invariant: this connection does not make or drop the index of vectors any more.
SELECT pg_advisory_unlock(hashtext('marquee'), hashtext('embedding_nearest'))
