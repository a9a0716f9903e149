"""This file holds the WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from config.serving import prepare

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
prepare()
