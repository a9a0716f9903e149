"""The WSGI application that is served."""

import os

import django

from config.http.application import Application
from config.serving import prepare

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)
application = Application()
prepare()
