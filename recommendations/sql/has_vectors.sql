-- Invariant: whether pgvector is in this database. A statement that names its type where it is not cannot even be planned.
SELECT to_regtype('vector') IS NOT NULL
