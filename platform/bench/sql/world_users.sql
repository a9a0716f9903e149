-- Invariant: a fifth as many users as events, with 0 to 16 interests each, every number of them equally often.
INSERT INTO users_user (
    username, password, email, first_name, last_name, display_name, is_superuser, is_staff, is_active, date_joined,
    interests
)
SELECT 'user' || number, '!', '', '', '', 'User ' || number, false, false, true, %(now)s,
    ARRAY(
        SELECT known.category
        FROM unnest(%(categories)s::text[]) WITH ORDINALITY AS known (category, place)
        ORDER BY bench.chance(number * 16 + known.place, 11)
        LIMIT floor(bench.chance(number, 12) * 17)::int
    )
FROM generate_series(1, %(users)s::bigint) AS number
ORDER BY number;
