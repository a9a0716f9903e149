-- Invariant: a vector whose event's text is as it was is marked as made from the rows that are there now.
UPDATE recommendations_eventembedding
SET row_versions = %(row_versions)s
WHERE event_id = %(event)s AND model = %(model)s AND version = %(version)s AND text_hash = %(text_hash)s
