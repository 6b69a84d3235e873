from django.apps import AppConfig


class FloorConfig(AppConfig):
    """Presence of agents, promised times, and the supervisor's view of both."""

    name = "bot.desk.floor"
    label = "floor"
    verbose_name = "Floor"

    def ready(self) -> None:
        from bot.desk.floor import checks as checks
