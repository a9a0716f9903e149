-- Invariant: the extension pgvector is there if the server has it and the role may create it (the database's owner may).
-- Without it everything works but similarity and search by meaning, which then say so.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'This role may not create the extension vector. As one who may: CREATE EXTENSION vector';
END $$;
