from django.apps import AppConfig


class DesksConfig(AppConfig):
    """Other desks that conversations can be handed to."""

    name = "bot.desk.desks"
    label = "desk_desks"
    verbose_name = "Desk: other desks"

    def ready(self) -> None:
        import bot.desk.desks.checks  # noqa: F401 - registers itself
