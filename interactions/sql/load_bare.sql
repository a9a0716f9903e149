-- Invariant: if no interaction is there yet, the table has neither references nor indexes beyond its key until
-- load_dressed.sql, and load_dropped holds the commands that make them as they were; otherwise nothing is changed.
-- See "Populating a Database" in PostgreSQL's documentation.
DROP TABLE IF EXISTS pg_temp.load_dropped;
CREATE TEMPORARY TABLE load_dropped (
    place bigint GENERATED ALWAYS AS IDENTITY, command text NOT NULL
) ON COMMIT DROP;

-- What is still to be checked of the events would forbid to alter what they are referenced by.
SET CONSTRAINTS ALL IMMEDIATE;

DO $$
DECLARE
    dropped record;
BEGIN
    IF EXISTS (SELECT FROM interactions_interaction) THEN
        RETURN;
    END IF;
    LOCK TABLE interactions_interaction IN ACCESS EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM interactions_interaction) THEN
        RETURN;
    END IF;

    FOR dropped IN
        SELECT conname AS name, pg_get_constraintdef(oid) AS definition
        FROM pg_constraint
        WHERE conrelid = 'interactions_interaction'::regclass AND contype = 'f'
    LOOP
        INSERT INTO load_dropped (command)
        VALUES (format('ALTER TABLE interactions_interaction ADD CONSTRAINT %I %s', dropped.name, dropped.definition));
        EXECUTE format('ALTER TABLE interactions_interaction DROP CONSTRAINT %I', dropped.name);
    END LOOP;

    FOR dropped IN
        SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
        FROM pg_index
        WHERE indrelid = 'interactions_interaction'::regclass AND NOT indisunique
    LOOP
        INSERT INTO load_dropped (command) VALUES (dropped.definition);
        EXECUTE format('DROP INDEX %s', dropped.name);
    END LOOP;
END $$;

SET LOCAL work_mem = '128MB';
SET LOCAL maintenance_work_mem = '256MB'
