"""The shop's Django app. Its rule files are read when the process starts: a mistake in one stops it there."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "bot.shop"
    label = "shop"
    verbose_name = "Shop"

    def ready(self) -> None:
        """Raises FileMistake naming the line of a mistake in policies.yml, catalogue.yml or sentences.yml."""
        from bot.shop import rulebook, sentences

        rulebook.current()
        sentences.current()
