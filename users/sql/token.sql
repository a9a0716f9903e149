-- Invariant: returns the user of the token with this digest, if it has not expired and its user may sign in. Nothing tells a
-- revoked or expired token from one that never was.
SELECT account.*
FROM knox_authtoken AS token
JOIN users_user AS account ON account.id = token.user_id
WHERE token.digest = %(digest)s AND token.expiry > %(now)s AND account.is_active
  AND (%(with_demo)s OR (
    NOT account.is_demo
    -- NULL: the account was made by staff, a command or a load.
    AND (SELECT bool_or(verified) FROM account_emailaddress WHERE user_id = account.id) IS NOT FALSE
  ))
