-- Invariant: a table of events or interactions that has no rows yet has neither references nor indexes beyond its keys
-- until load_dressed.sql, and load_dropped holds the commands that make them as they were; one with rows is left alone.
-- See "Populating a Database" in PostgreSQL's documentation.
DROP TABLE IF EXISTS pg_temp.load_dropped;
CREATE TEMPORARY TABLE load_dropped (
    place bigint GENERATED ALWAYS AS IDENTITY, command text NOT NULL
) ON COMMIT DROP;

-- What is still to be checked of a table would forbid to alter it, or what it refers to.
SET CONSTRAINTS ALL IMMEDIATE;

DO $$
DECLARE
    bare regclass;
    filled boolean;
    dropped record;
BEGIN
    FOREACH bare IN ARRAY ARRAY['events_event', 'interactions_interaction']::regclass[] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', bare) INTO filled;
        CONTINUE WHEN filled;
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', bare);
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', bare) INTO filled;
        CONTINUE WHEN filled;

        FOR dropped IN
            SELECT conname AS name, pg_get_constraintdef(oid) AS definition
            FROM pg_constraint
            WHERE conrelid = bare AND contype = 'f'
            -- They are made again from the last to the first, and their triggers fire in the order in which they were made.
            ORDER BY oid DESC
        LOOP
            INSERT INTO load_dropped (command)
            VALUES (format('ALTER TABLE %s ADD CONSTRAINT %I %s', bare, dropped.name, dropped.definition));
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', bare, dropped.name);
        END LOOP;

        FOR dropped IN
            SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
            FROM pg_index
            WHERE indrelid = bare AND NOT indisunique
            ORDER BY indexrelid DESC
        LOOP
            INSERT INTO load_dropped (command) VALUES (dropped.definition);
            EXECUTE format('DROP INDEX %s', dropped.name);
        END LOOP;
    END LOOP;
END $$;

SET LOCAL work_mem = '128MB';
SET LOCAL maintenance_work_mem = '256MB'
