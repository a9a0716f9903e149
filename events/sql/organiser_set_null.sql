-- Invariant: an event's organiser exists; whoever deletes the organiser leaves its events without one. See Note [Cascades] in
-- interactions/models.py. Django would name all organisers that are deleted at once in one UPDATE, which can't bind 70,000.
ALTER TABLE events_event
    ADD CONSTRAINT event_organiser_exists FOREIGN KEY (organiser_id) REFERENCES events_organiser ON DELETE SET NULL;
