-- Invariant: references and indexes of events and interactions are again what they were before load_bare.sql: every row has been
-- held against them.
DO $$
DECLARE
    dropped record;
BEGIN
    -- The indexes first: they were dropped last.
    FOR dropped IN SELECT command FROM load_dropped ORDER BY place DESC LOOP
        EXECUTE dropped.command;
    END LOOP;
END $$;

SET CONSTRAINTS ALL DEFERRED
