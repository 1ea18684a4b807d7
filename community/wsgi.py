"""The pages for a WSGI server, where sockets run apart: a process that serves this hears nothing of /ws/."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
application = get_wsgi_application()
