-- Invariant: constraints can ask the texts of an array what they ask a text; an empty array matches nothing.
CREATE FUNCTION any_matches(texts text[], pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(bool_or(item ~ pattern), false) FROM unnest(texts) AS item);
