"""API tokens of users: so many at most, and the oldest goes."""

from django.db import transaction
from knox.models import AuthToken

from users.models import User

# More than anybody has devices; a script that signs in for each request would otherwise fill the table.
TOKENS_MAX = 20


@transaction.atomic
def new_token(user: User) -> tuple[AuthToken, str]:
    """Make a token and return its row and its text, which is kept nowhere. Revoke the oldest beyond TOKENS_MAX.

    User.DoesNotExist if the user has been deleted.
    """
    # Locked, so that several at once don't leave more.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    row, text = AuthToken.objects.create(user)
    others = AuthToken.objects.filter(user=user).exclude(pk=row.pk)
    kept = others.order_by("-created", "-pk").values("pk")[: TOKENS_MAX - 1]
    others.exclude(pk__in=kept).delete()
    return row, text
