"""Asks the shop in POSTVENTA_VAR and prints what it answers: `python -m tests.operating.asked TOKEN CONVERSATION`."""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.settings")


def main(token: str, conversation: str) -> None:
    import django

    django.setup()
    from django.test import Client

    from bot.conversations.media.store import private
    from bot.conversations.models import Conversation, Media

    read = Client().get("/web/messages", {"after": 0}, headers={"authorization": f"Bearer {token}"})
    talk = Conversation.objects.get(pk=conversation)
    files = [private().open(media.path).read().decode() for media in Media.objects.filter(conversation=talk)]
    print(json.dumps({"status": read.status_code, "read": read.json(), "files": files, "owner": talk.owner}))


if __name__ == "__main__":
    main(*sys.argv[1:])
