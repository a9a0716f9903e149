-- Invariant: a mute's user and organiser exist; who deletes them deletes it too. See Note [Cascades] in interactions/models.py.
ALTER TABLE interactions_mute
    ADD CONSTRAINT mute_user_exists FOREIGN KEY (user_id) REFERENCES users_user ON DELETE CASCADE,
    ADD CONSTRAINT mute_organiser_exists FOREIGN KEY (organiser_id) REFERENCES events_organiser ON DELETE CASCADE;
