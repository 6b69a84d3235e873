from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """What the log of all conversations says: figures, the radar, monthly pages for the shop."""

    name = "bot.insights"
    label = "insights"
    verbose_name = "Insights"
