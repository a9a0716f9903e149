-- Invariant: an origin's event exists, and who deletes it deletes the origin. See Note [Cascades] in interactions/models.py.
ALTER TABLE events_origin
    ADD CONSTRAINT origin_event_exists FOREIGN KEY (event_id) REFERENCES events_event ON DELETE CASCADE;
