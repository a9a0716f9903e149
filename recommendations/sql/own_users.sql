-- Invariant: every user with what the rankers ask of them, as they are today, and nothing that says who they are.
COPY (
    SELECT id, '!', false, id::text AS username, '', '', '', false, true, date_joined, '', interests, latitude, longitude,
        personal_ranking
    FROM users_user
    ORDER BY users_user.id
) TO STDOUT
