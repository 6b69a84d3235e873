from django.apps import AppConfig


class OperatingConfig(AppConfig):
    """What whoever runs a shop does with it: back it up, bring it back, change the dialogue's model."""

    name = "bot.operating"
    label = "operating"
