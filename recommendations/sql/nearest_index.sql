-- Invariant: the vectors of 512 dimensions are indexed by their direction, of 2 bytes an element: half the size, and the
-- nearest are as well found (docs/decisions/0013-vectors.md). Readers and writers go on meanwhile.
CREATE INDEX CONCURRENTLY embedding_nearest
ON recommendations_eventembedding USING hnsw ((vector::halfvec(512)) halfvec_cosine_ops)
WHERE cardinality(vector) = 512
