-- Invariant: revision grows by one with each change of an event that people notice, and revised_at is when the last one was
-- made, whatever else an UPDATE writes there.
CREATE OR REPLACE FUNCTION count_event_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision;
    NEW.revised_at := OLD.revised_at;
    IF (NEW.title, NEW.description, NEW.status, NEW.category, NEW.tags, NEW.organiser_id, NEW.location_name, NEW.latitude,
        NEW.longitude, NEW.url, NEW.start_at, NEW.end_at, NEW.time_zone, NEW.address, NEW.attendance, NEW.price_min,
        NEW.price_max, NEW.currency, NEW.language, NEW.minimum_age)
        IS DISTINCT FROM
       (OLD.title, OLD.description, OLD.status, OLD.category, OLD.tags, OLD.organiser_id, OLD.location_name, OLD.latitude,
        OLD.longitude, OLD.url, OLD.start_at, OLD.end_at, OLD.time_zone, OLD.address, OLD.attendance, OLD.price_min,
        OLD.price_max, OLD.currency, OLD.language, OLD.minimum_age)
    THEN
        NEW.revision := OLD.revision + 1;
        NEW.revised_at := now();
    END IF;
    RETURN NEW;
END
$$;
