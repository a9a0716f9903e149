-- Invariant: returns one array of texts: the statement's snapshot, its time, the position of the write-ahead log up to which it
-- can have seen something, and the incarnation of the database, empty if there is none.
SELECT ARRAY[
    pg_current_snapshot()::text,
    statement_timestamp()::text,
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text,
    coalesce((SELECT incarnation FROM recommendations_cluster), '')
]
