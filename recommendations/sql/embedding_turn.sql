-- Invariant: one transaction embeds at a time; who asks waits for the end of the other.
SELECT pg_advisory_xact_lock(hashtext('marquee'), hashtext('embedding'))
