"""The sign-in page of everyone who works here."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.urls import reverse

from bot.desk.roles import ANSWER


class SignIn(LoginView):
    """Agents go on to the desk; whoever only edits articles goes on to the editor."""

    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        if not user.has_perm(ANSWER) and user.has_perm("wagtailadmin.access_admin"):
            return reverse("wagtailadmin_home")
        return reverse("desk")
