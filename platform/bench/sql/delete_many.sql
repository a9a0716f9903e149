-- Invariant: everything that some users did goes, in one statement.
DELETE FROM interactions_interaction WHERE user_id = ANY (%(users)s::bigint[])
