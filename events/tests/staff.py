"""Staff who use the admin's lists: signed in with permissions, and the form of an action on rows."""

from django.contrib.auth.models import Permission
from django.test import Client


def signed_in(user, *permissions):
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def chosen(action, rows, *, across=False):
    return {"action": action, "_selected_action": [row.pk for row in rows], "select_across": int(across)}
