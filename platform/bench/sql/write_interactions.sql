-- Invariant: the columns of a data set's interactions.csv.
COPY (
    SELECT user_id, event_id, action,
        to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
    FROM interactions_interaction ORDER BY id
) TO STDOUT WITH (FORMAT csv, HEADER)
