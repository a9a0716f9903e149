-- Invariant: an organiser that is there already stays as it is; a new one is named by the first of its rows in the groups,
-- else by its id.
INSERT INTO events_organiser (external_id, name)
SELECT DISTINCT ON (wanted.key) wanted.key, coalesce(staged_group.name, wanted.key)
FROM (SELECT DISTINCT group_key AS key FROM staged_event WHERE group_key IS NOT NULL
      UNION SELECT key FROM staged_group) AS wanted
LEFT JOIN staged_group ON staged_group.key = wanted.key
ORDER BY wanted.key, staged_group.place
ON CONFLICT (external_id) DO NOTHING
