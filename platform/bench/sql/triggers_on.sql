-- Invariant: everything is counted again; what happened meanwhile is not.
ALTER TABLE interactions_interaction ENABLE TRIGGER USER
