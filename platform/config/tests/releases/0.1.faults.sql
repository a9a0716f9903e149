-- Rows that 0.1 lets in through the admin's forms and load_dataset, and later releases refuse: control and bidirectional
-- characters, text that nobody sees, URLs with credentials. A migration that cleans them finds them here.
INSERT INTO events_organiser (name, external_id) VALUES
    (E'\u200b', 'fault-invisible'),
    (E'Club \u202edezrever', 'fault-reversed'),
    (E'Club \u001b[31mred', E'fault-\u001bescape');

INSERT INTO events_event
    (title, description, type, status, category, tags, organiser_id, location_name, url, start_at, external_id)
SELECT
    title, description, 'EVENT', 'OPEN', 'music', tags, (SELECT id FROM events_organiser WHERE external_id = 'fault-invisible'),
    location_name, url, '2026-05-20 18:00Z', 'fault-' || key
FROM (VALUES
    ('escape', E'Jazz \u001b[31mred', E'a\u0007bell', ARRAY[E'\u001b[1mlive'], E'Hall \u001b[0m', NULL),
    ('c1', E'Jazz \u009b31m', E'next\u0085line', ARRAY['live'], '', NULL),
    ('delete', E'Jazz\u007f', '', ARRAY[]::text[], '', NULL),
    ('line-breaks', E'Jazz\nand\tmore\u2028yet', E'Line\r\nbreak', ARRAY[]::text[], E'Hall\n2', NULL),
    ('override', E'Jazz \u202egnp.exe', E'\u202egnp', ARRAY[E'\u202elive'], E'\u202ellaH', NULL),
    ('isolate', E'Jazz \u2066a\u2069', '', ARRAY[]::text[], '', NULL),
    ('marks', E'Jazz \u200f\u200e\u061c', '', ARRAY[]::text[], '', NULL),
    ('zero-width', E'\u200b', '', ARRAY[E'\u200b'], E'\u200b', NULL),
    ('joiners', E'\u200d\u2060\ufeff', '', ARRAY[]::text[], '', NULL),
    ('soft-hyphen', E'\u00ad', '', ARRAY[]::text[], '', NULL),
    ('control-only', E'\u001b', '', ARRAY[]::text[], '', NULL),
    ('override-only', E'\u202e', '', ARRAY[]::text[], '', NULL),
    ('hangul-filler', E'\u3164', '', ARRAY[]::text[], '', NULL),
    ('padded', E'\u200b Jazz \u200b', '', ARRAY[]::text[], '', NULL),
    -- Good, and to be kept: joiners inside an emoji and a word, right-to-left words.
    ('emoji', E'Family day \U0001F469\u200d\U0001F469\u200d\U0001F467', '', ARRAY[]::text[], '', NULL),
    ('persian', E'\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', '', ARRAY[]::text[], '', NULL),
    ('long', E'\u202e' || repeat('x', 199), '', ARRAY[]::text[], '', NULL),
    ('password', 'Password in the address', '', ARRAY[]::text[], '', 'https://user:secret@tickets.test/buy?id=1'),
    ('user', 'User in the address', '', ARRAY[]::text[], '', 'http://user@tickets.test/'),
    ('ftp', 'Other scheme', '', ARRAY[]::text[], '', 'ftp://user:secret@files.test/flyer.pdf'),
    ('at-in-path', 'Good address with @', '', ARRAY[]::text[], '', 'https://social.test/@club?to=a@b.test'),
    ('script', 'Script by SQL', '', ARRAY[]::text[], '', 'javascript:alert(1)'),
    ('address-control', 'Control in the address', '', ARRAY[]::text[], '', E'https://tickets.test/\u202ea')
) AS fault (key, title, description, tags, location_name, url);

INSERT INTO users_user
    (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined, display_name, interests)
VALUES
    ('!', false, 'fault-escape', E'\u001b[31m', E'\u202eeman', 'escape@mail.test', false, true, '2026-01-01Z', E'\u001b[31mred', '{}'),
    ('!', false, 'fault-reversed', '', '', 'reversed@mail.test', false, true, '2026-01-01Z', E'Ana \u202eanA', '{}'),
    ('!', false, 'fault-invisible', '', '', '', false, true, '2026-01-01Z', E'\u200b', '{}');

INSERT INTO interactions_interaction (user_id, event_id, action, created_at)
SELECT users_user.id, events_event.id, 'VIEW', '2026-05-01 12:00Z'
FROM users_user, events_event
WHERE username = 'maria' AND events_event.external_id LIKE 'fault-%';
