from django.apps import AppConfig
from django.db.models.signals import post_save


class ToolsConfig(AppConfig):
    """What an agent does with a conversation besides answering: passes it on, puts it aside, joins two, undoes it."""

    name = "bot.desk.tools"
    label = "desk_tools"
    verbose_name = "Desk: tools"

    def ready(self) -> None:
        from bot.conversations.models import Event, Message
        from bot.desk.tools.arrivals import customer_wrote, owner_changed

        post_save.connect(customer_wrote, sender=Message, dispatch_uid="desk tools: the customer wrote")
        post_save.connect(owner_changed, sender=Event, dispatch_uid="desk tools: the owner changed")
