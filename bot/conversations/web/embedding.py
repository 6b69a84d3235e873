"""The admin's page that tells how to put the chat on a site: lines to copy, made for this installation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from channels.web.identity import AUDIENCE

SIGNING = '''import os, time, jwt  # pip install pyjwt

def support_token(customer):
    """Answer GET /support-token with this text for who is signed in, and with 204 for who is not."""
    claims = {{"sub": str(customer.id), "aud": "{audience}", "exp": int(time.time()) + 600, "name": customer.name}}
    return jwt.encode(claims, os.environ["POSTVENTA_WEB_IDENTITY_SECRET"], algorithm="HS256")'''
COLOURS = """postventa-chat {
  --postventa-accent: #0f6b62;     /* button, header, own messages */
  --postventa-on-accent: #ffffff;  /* text on them: contrast of 4.5 or more */
  --postventa-radius: 18px;
  --postventa-font: system-ui;
  --postventa-gap: 20px;           /* distance from the page's edge */
}"""
SCRIPT = """window.postventa = window.postventa || [];
postventa.push(["identify", async () => {
  const answer = await fetch("/support-token");
  return answer.status === 200 ? answer.text() : null;
}]);"""
ATTRIBUTES = (
    ("data-language", _("es or en; without it, the language of the page")),
    ("data-title", _("the name at the top of the chat")),
    ("data-greeting", _("the first words, instead of ours")),
    ("data-position", _("start: at the other side of the page")),
    ("data-theme", _("light or dark; without it, what the customer's device says")),
    ("data-dir", _("rtl: the chat itself is laid out from right to left")),
    ("data-open", _("open from the beginning")),
    ("data-voice", _("off: no dictating. Some browsers send what they hear to their maker to understand it")),
    ("data-identity-url", _("where your server tells who is signed in")),
)


class Embedding(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail has no types
    page_title = _("Chat on your site")
    header_icon = "code"
    template_name = "web/embedding.html"
    breadcrumbs_items: ClassVar[list[Any]] = []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        base, language = settings.PUBLIC_BASE_URL, (get_language() or "es")[:2]
        return super().get_context_data(**kwargs) | {
            "line": line(base, language),
            "signed_line": line(base, language, **{"data-identity-url": "/support-token"}),
            "origins": settings.CORS_ALLOWED_ORIGINS,
            "policy": f"script-src {base}; connect-src {base}",
            "signing": SIGNING.format(audience=AUDIENCE),
            "script": SCRIPT,
            "colours": COLOURS,
            "attributes": ATTRIBUTES,
            "secret_is_set": bool(settings.WEB_IDENTITY_SECRETS),
            "sandbox": reverse("sandbox-shop") if settings.SANDBOX else "",
        }


def line(base: str, language: str, **more: str) -> str:
    """The line for a page's HTML."""
    attributes = {"src": f"{base}{reverse('web-loader')}", "data-language": language, **more}
    return "<script async " + " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items()) + "></script>"
