// The CSRF token, read again for each request because signing in changes it.

/** Return the token that the server keeps in a cookie, "" if there is none. */
export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}
