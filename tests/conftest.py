"""What every test may use. Named people: Lucía and Marc are customers, Ana and Bruno agents."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("POSTVENTA_LOG_LEVEL", "WARNING")
os.environ.setdefault("POSTVENTA_SANDBOX", "1")
os.environ.setdefault("POSTVENTA_CUSTOMER_FILES", tempfile.mkdtemp(prefix="postventa-files-"))
