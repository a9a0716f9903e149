-- Invariant: this is the one token with this digest, if it is still good and its user may sign in, and that user; nothing
-- tells a revoked or expired token from one that never was.
SELECT
    token.digest, token.user_id,
    account.id, account.is_superuser, account.username, account.first_name, account.last_name, account.email,
    account.is_staff, account.is_active, account.display_name, account.interests, account.latitude, account.longitude,
    account.personal_ranking, account.is_demo
FROM knox_authtoken AS token
JOIN users_user AS account ON account.id = token.user_id
WHERE token.digest = %(digest)s AND token.expiry > %(now)s AND account.is_active
  AND (%(with_demo)s OR NOT account.is_demo)
