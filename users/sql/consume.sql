-- Invariant: a key's spent_until is never further ahead of the clock than its burst, however many consume at once.
INSERT INTO users_allowance AS held (key, spent_until)
VALUES (%(key)s, %(now)s::timestamptz + make_interval(secs => %(cost)s))
ON CONFLICT (key) DO UPDATE
SET spent_until = greatest(held.spent_until, %(now)s::timestamptz) + make_interval(secs => %(cost)s)
WHERE greatest(held.spent_until, %(now)s::timestamptz) + make_interval(secs => %(cost)s)
   <= %(now)s::timestamptz + make_interval(secs => %(burst)s)
RETURNING spent_until;
