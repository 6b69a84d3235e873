from django.apps import AppConfig


class SortingConfig(AppConfig):
    """What a conversation is about, judged by the embedded models and corrected by agents, and who should have it."""

    name = "bot.desk.sorting"
    label = "desk_sorting"
    verbose_name = "Desk: sorting"
