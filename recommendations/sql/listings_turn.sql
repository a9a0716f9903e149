-- Invariant: one transaction at a time changes which listings of a user are kept; who asks waits for the end of the other.
SELECT pg_advisory_xact_lock(hashtextextended('marquee listings', %(user)s))
