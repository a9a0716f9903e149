"""The hashing of passwords, one at a time: it takes a third of a second of a processor, on purpose."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from api.costly import Costly, costly


class LimitedPBKDF2PasswordHasher(PBKDF2PasswordHasher):
    """Django's default hasher, for one password at a time in each process.

    Here rather than in views, because sign-in (page, admin, API), password changes, resets and the erasure all hash.
    """

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return the hash; Busy if too many passwords are being hashed. To verify a password is to hash it, too."""
        with costly(Costly.PASSWORD):
            return super().encode(password, salt, iterations)
