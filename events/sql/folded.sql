-- Invariant: folded(text) is a text in lower case and without accents, by the extension unaccent. On a server without the
-- extension, or for a role that may not create it (the database's owner may), accents stay: search then tells é from e,
-- and `manage.py check --database default` says so. IMMUTABLE, because indexes hold it: the rules of unaccent are a file
-- that comes with the server. COST as measured, or the planner would rather compute it for every row than read an index.
DO $$
DECLARE
    place text;
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'unaccent') THEN
        BEGIN
            CREATE EXTENSION IF NOT EXISTS unaccent;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'This role may not create the extension unaccent. As one who may: CREATE EXTENSION unaccent';
        END;
    END IF;
    SELECT nspname INTO place FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
    WHERE extname = 'unaccent';
    IF place IS NULL THEN
        CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
        RETURN lower($1);
    ELSE
        EXECUTE format(
            'CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 '
            'RETURN lower(%I.unaccent(%L::regdictionary, $1))',
            place, format('%I.unaccent', place)
        );
    END IF;
END $$;

-- Invariant: what an event is called by: title, tags, place and category, folded, a line each.
CREATE FUNCTION event_names(title text, tags text[], location_name text, category text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 4000
RETURN folded(concat_ws(E'\n', title, array_to_string(tags, E'\n'), location_name, category));
