-- Invariant: after a refusal, a key's spent_until is not further ahead of the clock than its burst, whatever the clock was
-- when it was written.
UPDATE users_allowance
SET spent_until = least(spent_until, %(now)s::timestamptz + make_interval(secs => %(burst)s))
WHERE key = %(key)s
RETURNING spent_until;
