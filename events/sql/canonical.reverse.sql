-- Invariant: none is left; the constraints that call these functions are gone already.
DROP FUNCTION is_canonical_category_list(text[]);
DROP FUNCTION is_canonical_category(text);
