-- Invariant: nothing is counted; foreign keys are checked as before.
ALTER TABLE interactions_interaction DISABLE TRIGGER USER
