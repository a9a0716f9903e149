-- Invariant: until the transaction ends the index of vectors is read on, in order, until enough rows have passed the filters.
SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', '100', true)
