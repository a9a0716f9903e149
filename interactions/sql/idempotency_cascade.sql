-- Invariant: a key's user exists; who deletes the user deletes the keys. See Note [Cascades] in interactions/models.py.
ALTER TABLE interactions_idempotencykey
    ADD CONSTRAINT idempotency_key_user_exists FOREIGN KEY (user_id) REFERENCES users_user ON DELETE CASCADE;
