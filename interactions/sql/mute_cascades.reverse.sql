-- Takes back mute_cascades.sql.
ALTER TABLE interactions_mute DROP CONSTRAINT mute_user_exists, DROP CONSTRAINT mute_organiser_exists;
