from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """The adapters. They keep nothing in the database; the app exists for their static files and templates."""

    name = "channels"
