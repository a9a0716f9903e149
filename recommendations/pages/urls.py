"""URLs of the pages for people."""

from django.urls import path, re_path

from recommendations.pages.actions import act
from recommendations.pages.hiding import hide, show_again
from recommendations.pages.profile import calendar, erasure, privacy, profile
from recommendations.pages.search import search
from recommendations.pages.sign_in import SignInPage, SignOut
from recommendations.pages.views import feed
from recommendations.pages.welcome import welcome

urlpatterns = [
    # Not path(""): the catch-all at the end of config/urls.py has that name.
    re_path("^$", feed, name="page"),
    path("search", search, name="search"),
    path("profile", profile, name="profile"),
    path("profile/privacy", privacy, name="profile-privacy"),
    path("profile/calendar", calendar, name="profile-calendar"),
    path("profile/erasure", erasure, name="profile-erasure"),
    path("hide", hide, name="hide"),
    re_path("^hide/(?P<pk>[0-9]{1,18})/undo$", show_again, name="show-again"),
    re_path("^event/(?P<pk>[0-9]{1,19})/(?P<action>save|unsave|apply|dismiss|restore)$", act, name="event-action"),
    path("welcome", welcome, name="welcome"),
    path("sign-in", SignInPage.as_view(), name="sign-in"),
    # allauth's name for it.
    path("sign-in", SignInPage.as_view(), name="account_login"),
    path("sign-out", SignOut.as_view(), name="sign-out"),
]
