"""The Page and the Instagram account that the sandbox's stand-in for Meta serves. Public on purpose."""

from __future__ import annotations

APP_SECRET = "sandbox-meta-app-secret"  # noqa: S105 - opens nothing but the sandbox
VERIFY_TOKEN = "sandbox-meta-verify"  # noqa: S105 - see above
PAGE_TOKEN = "sandbox-meta-page-token"  # noqa: S105 - see above
PAGE_ID = "100000000000001"
INSTAGRAM_ID = "17840000000000001"
API_PATH = "/sandbox/provider/meta"
