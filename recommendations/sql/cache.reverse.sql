DROP TABLE recommendations_cache;
