-- The extension stays: others may use it.
DROP FUNCTION event_names(text, text[], text, text);
DROP FUNCTION folded(text);
