from django.apps import AppConfig


class WebChannelConfig(AppConfig):
    """Keeps nothing in the database; the app exists for the widget's static files."""

    name = "channels.web"
    label = "web_channel"
