"""What every test may use. Named people: Lucía and Marc are customers, Ana and Bruno agents."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import hypothesis
from django.conf import settings

os.environ.setdefault("POSTVENTA_LOG_LEVEL", "WARNING")
os.environ.setdefault("POSTVENTA_SANDBOX", "1")
# Customers' files of the tests, for this process, whose settings were read before, and for those it starts.
FILES = tempfile.mkdtemp(prefix="postventa-files-")
atexit.register(shutil.rmtree, FILES, ignore_errors=True)
os.environ["POSTVENTA_CUSTOMER_FILES"] = FILES
settings.STORAGES["customers"]["OPTIONS"]["location"] = FILES
# How long an example takes depends on who else uses the machine, and says nothing about the code.
hypothesis.settings.register_profile(
    "postventa", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("postventa")
