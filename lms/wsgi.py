"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
application = get_wsgi_application()

from lms.web.builds import this_build  # noqa: E402

this_build()  # named from the files this process runs, before anybody upgrades them under it
