"""A proxy of users that gives staff a page and a permission for feeds."""

from users.models import User


class Feed(User):
    """A user, seen as the owner of a feed: gives the admin a page for it and the permission view_feed."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = "feed"
        verbose_name_plural = "feeds"
