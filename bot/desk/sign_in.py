"""The sign-in page of everyone who works here."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bot.desk.roles import ANSWER
from bot.desk.security import second_step


class SignIn(LoginView):
    """Agents go on to the desk; whoever only edits articles goes on to the editor."""

    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right. Whoever has a second step, or has to have one, is not signed in yet."""
        account = form.get_user()
        if not second_step.has(account) and not second_step.required(account):
            return super().form_valid(form)
        self.request.user = account
        second_step.begin(self.request, account, self.get_success_url())
        return redirect("login-code")

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        if not user.has_perm(ANSWER) and user.has_perm("wagtailadmin.access_admin"):
            return reverse("wagtailadmin_home")
        return reverse("desk")
