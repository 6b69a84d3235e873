from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed


class SecurityConfig(AppConfig):
    """Who comes in and how: the second factor, the open sessions, and the log of both."""

    name = "bot.desk.security"
    label = "desk_security"
    verbose_name = "Desk: security"

    def ready(self) -> None:
        from bot.desk.security import sessions

        user_logged_in.connect(sessions.signed_in, dispatch_uid="staff signed in")
        user_logged_out.connect(sessions.signed_out, dispatch_uid="staff signed out")
        user_login_failed.connect(sessions.failed, dispatch_uid="staff sign-in failed")
