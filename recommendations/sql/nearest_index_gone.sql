-- Invariant: there is no index of vectors, complete or broken off.
DROP INDEX CONCURRENTLY IF EXISTS embedding_nearest
