"""The portal's own settings, plus the bare views and tables that it is measured against."""

import os
from pathlib import Path
from runpy import run_path

# Not imported: importing the package starts Celery, which reads the settings that are being made here.
portal = run_path(str(Path(__file__).resolve().parent.parent / "cafe" / "settings.py"))
globals().update({name: value for name, value in portal.items() if name.isupper()})

INSTALLED_APPS = [*portal["INSTALLED_APPS"], "bench"]
ROOT_URLCONF = "bench.urls"
# Each registration of the bench comes from an address of its own, as the real ones do.
TRUSTED_PROXY_COUNT = 1
SECURE_PROXY_SSL_HEADER = None
EMAIL_PORT = int(os.environ.get("SINK_PORT", "0"))
