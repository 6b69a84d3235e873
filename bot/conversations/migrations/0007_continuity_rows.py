"""Until now every identity was a customer of its own, and every line was said where its conversation is."""

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    Identity = apps.get_model("conversations", "Identity")
    Conversation = apps.get_model("conversations", "Conversation")
    Message = apps.get_model("conversations", "Message")
    for identity in Identity.objects.select_related("customer").iterator():
        customer = identity.customer
        identity.origin, identity.name = customer, customer.name
        identity.known_as = customer.shop_customer
        # How it was proven is not known any more: the weaker of the proofs is assumed.
        identity.known_by = "order" if customer.shop_customer else ""
        identity.save()
    Conversation.objects.update(arrived_at=F("created_at"))
    of = Conversation.objects.filter(pk=OuterRef("conversation")).values("identity")[:1]
    Message.objects.update(identity=Subquery(of))


class Migration(migrations.Migration):
    dependencies = [("conversations", "0006_continuity")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
