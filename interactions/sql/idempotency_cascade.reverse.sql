-- Takes back idempotency_cascade.sql.
ALTER TABLE interactions_idempotencykey DROP CONSTRAINT idempotency_key_user_exists;
