-- Invariant: a category is stored in canonical form only (not empty, stripped, lower case), a list of categories
-- names each once. Constraints call these functions; the vocabulary itself is not the database's business.
CREATE FUNCTION is_canonical_category(category text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN category <> '' AND category = lower(category) AND category !~ '^\s|\s$';

CREATE FUNCTION is_canonical_category_list(categories text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT count(*) = count(DISTINCT category) AND coalesce(bool_and(is_canonical_category(category)), true)
    FROM unnest(categories) AS category
);
