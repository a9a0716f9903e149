-- Invariant: the columns of a data set's users.csv; the ids are the world's own.
COPY (
    SELECT id AS user_id, latitude AS lat, longitude AS lng, array_to_string(interests, '|') AS declared_interests
    FROM users_user ORDER BY id
) TO STDOUT WITH (FORMAT csv, HEADER)
