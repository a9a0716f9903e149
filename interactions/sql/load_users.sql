-- Invariant: a user who is there already stays as they are; the first of repeated rows counts.
INSERT INTO users_user (
    username, password, interests, latitude, longitude, display_name, email, first_name, last_name, is_superuser,
    is_staff, is_active, date_joined
)
SELECT key, password, interests, latitude, longitude, '', '', '', '', false, false, true, statement_timestamp()
FROM staged_user
ORDER BY place
ON CONFLICT (username) DO NOTHING
