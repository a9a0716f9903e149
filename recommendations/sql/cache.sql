-- Invariant: the table that Django's database cache wants (its command createcachetable makes the same), unlogged: listings
-- are derived, and a crash may empty it.
CREATE UNLOGGED TABLE recommendations_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX recommendations_cache_expires ON recommendations_cache (expires);
