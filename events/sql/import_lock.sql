-- Invariant: imports write one after the other, so that two of one calendar make no event twice. Until the commit.
SELECT pg_advisory_xact_lock(hashtext('marquee'), hashtext('import'))
