-- Invariant: the columns, in the order of the statements that read them: organisers, users, events, interactions, vectors.
COPY events_organiser (id, name) FROM STDIN;
COPY users_user (
    id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined, display_name,
    interests, latitude, longitude, personal_ranking
) FROM STDIN;
COPY events_event (
    id, title, description, type, status, category, tags, organiser_id, location_name, latitude, longitude, start_at,
    end_at, created_at
) FROM STDIN;
COPY interactions_interaction (id, user_id, event_id, action, created_at) FROM STDIN;
COPY recommendations_eventembedding (event_id, model, version, text_hash, row_versions, vector, created_at) FROM STDIN
