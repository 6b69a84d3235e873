from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    """Where agents see the queue, write to customers, and give conversations back."""

    name = "bot.desk"
    label = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        from bot.desk.roles import create_roles_after_migrate
        from bot.desk.search.install import install_after_migrate

        post_migrate.connect(create_roles_after_migrate, sender=self, dispatch_uid="desk roles")
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="desk search")
