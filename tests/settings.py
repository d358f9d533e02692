"""Settings under test: the product's own, with a scratch directory and unhashed static names."""

import os
import tempfile

os.environ.setdefault("CHIZHENG_VAR", tempfile.mkdtemp(prefix="chizheng-test-"))
os.environ.setdefault("CHIZHENG_DJANGO", "test-only-secret-of-no-installation")
os.environ.setdefault("CHIZHENG_IDENTITY", "test-only-identity-key")

from lms.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
