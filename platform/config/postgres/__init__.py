"""The Django backend of every database: PostgreSQL, without waiting for a server that says nothing."""
