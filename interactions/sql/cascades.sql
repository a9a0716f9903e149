-- Invariant: an interaction's user and event exist, a tally's event exists; who deletes these deletes it too, and every
-- statement locks user, event and tally in this order. See Note [Cascades] in interactions/models.py.

ALTER TABLE interactions_interaction
    ADD CONSTRAINT interaction_user_exists FOREIGN KEY (user_id) REFERENCES users_user ON DELETE CASCADE,
    ADD CONSTRAINT interaction_event_exists FOREIGN KEY (event_id) REFERENCES events_event ON DELETE CASCADE;

ALTER TABLE interactions_tally
    ADD CONSTRAINT tally_event_exists FOREIGN KEY (event_id) REFERENCES events_event ON DELETE CASCADE;

-- The cascade does it now.
DROP TRIGGER tally_deleted ON events_event;
DROP FUNCTION tally_after_events_deleted();
