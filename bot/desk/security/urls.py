from django.urls import path
from django.views.generic import RedirectView

from bot.desk.security import audit, pages

# Wagtail and Django's admin have doors of their own, which would lead past the second step.
_one_door = RedirectView.as_view(pattern_name="login", query_string=True)
urlpatterns = [
    path("login/code", pages.code, name="login-code"),
    path("account", pages.account, name="account"),
    path("desk/audit", audit.audit, name="desk-audit"),
    path("cms/login/", _one_door),
    path("admin/login/", _one_door),
]
