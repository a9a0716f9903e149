-- Says what it said before. In SQL it was written into each statement that asks, where planning it took longer than
-- asking; nearly every row is told by the comparison that the statements make first.
CREATE OR REPLACE FUNCTION receded_since(mark_xid bigint, mark_at timestamptz, snapshot text, read_at timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN CASE
        -- Before every transaction that was running then.
        WHEN mark_xid < pg_snapshot_xmin(snapshot::pg_snapshot)::text::bigint THEN false
        -- In this very transaction, which no snapshot of its own contains.
        WHEN mark_xid = pg_current_xact_id_if_assigned()::text::bigint THEN mark_at > read_at
        -- A transaction that does not exist yet: the mark came with a dump from a server that counted differently.
        WHEN mark_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint THEN false
        ELSE NOT pg_visible_in_snapshot(mark_xid::text::xid8, snapshot::pg_snapshot)
    END;
END $$;
