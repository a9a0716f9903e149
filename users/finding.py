"""Look-up of users by username, e-mail address or id."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Case, Q, QuerySet, TextField, When
from django.db.models.functions import MD5, Cast, Lower

from api.fields import typed_id
from api.text_rules import FORBIDDEN
from users.models import User


class UnknownUser(Exception):
    """There is no such user: give an exact username, an e-mail address or an id."""

    def __init__(self, name: str, *, by_email: bool = True) -> None:
        """Take what was typed, and whether it could have been an e-mail address."""
        what = "an exact username, an e-mail address or an id" if by_email else "an exact username or an id"
        super().__init__(f'There is no user "{name[:80]}". Give {what}.')


def may_view_users(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Return whether somebody may know of an e-mail address whose it is."""
    return isinstance(user, User) and (user.has_perm("users.view_user") or user.has_perm("users.change_user"))


def user_named(name: str, *, by_email: bool = True) -> User:
    """Return the user with this username, else e-mail address in any case, else id; UnknownUser if there is none.

    Without `by_email` addresses are not looked at, for those who may not know whose they are.
    """
    # The database has no text with such characters, and refuses to be asked for some.
    if name and not FORBIDDEN.search(name):
        user = User.objects.filter(username=name).first()
        if user is None and by_email:
            user = users_with_email(name).first()
        if user is not None:
            return user
    number = typed_id(name)
    if number is not None:
        user = User.objects.filter(pk=number).first()
        if user is not None:
            return user
    raise UnknownUser(name, by_email=by_email)


def users_with_email(email: str) -> QuerySet[User]:
    """Return the user with this e-mail address in any case: one at most, and none for an empty one."""
    return User.objects.alias(address=Lower("email")).exclude(email="").filter(address=email.lower()).order_by("pk")


def usernames_containing(text: str, *, limit: int, by_person: bool) -> list[str]:
    """Return usernames that contain a text, in any case; those that begin with it first. None for no text.

    With `by_person` also those of people whose display name or e-mail address contains it.
    """
    if not text or FORBIDDEN.search(text):
        return []
    condition = Q(username__icontains=text)
    if by_person:
        condition |= Q(display_name__icontains=text) | Q(email__icontains=text)
    begins = Case(When(username__istartswith=text, then=0), default=1)
    return list(User.objects.filter(condition).order_by(begins, "username").values_list("username", flat=True)[:limit])


def sample_of_users(number: int) -> QuerySet[User]:
    """Return this many users, spread over all of them, the same ones each time."""
    return User.objects.order_by(MD5(Cast("pk", TextField())), "pk")[:number]
