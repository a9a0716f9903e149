-- Invariant: two users of three have a home, drawn by their id from where the events are.
UPDATE users_user
SET latitude = 50 + bench.chance(id, 51), longitude = 14 + bench.chance(id, 52)
WHERE mod(id, 3) <> 0
