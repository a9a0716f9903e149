-- Invariant: of the large tables, exactly the indexes that no constraint needs; they are dropped while rows are loaded
-- and made again as they were.
SELECT index_class.oid::regclass::text, pg_get_indexdef(index_class.oid)
FROM pg_index
JOIN pg_class AS index_class ON index_class.oid = pg_index.indexrelid
WHERE pg_index.indrelid::regclass::text IN ('events_event', 'interactions_interaction', 'interactions_tally')
  AND NOT pg_index.indisunique
ORDER BY 1;
