"""`manage.py articles import|export`: Markdown files in, Wagtail pages out, and back."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge import pictures
from knowledge.articlefile import from_page, write
from knowledge.importing import import_articles
from knowledge.models import ArticlePage

FOLDER = Path(__file__).resolve().parents[2] / "articles"


class Command(BaseCommand):
    help = "Imports articles from Markdown files and publishes them, or exports the published ones to files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["import", "export"])
        parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="default: knowledge/articles")
        parser.add_argument("--force", action="store_true", help="import: overwrite articles edited in Wagtail")
        parser.add_argument("--index", action="store_true", help="import: also bring the search index up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if options["what"] == "export":
            pages = ArticlePage.objects.live().select_related("locale").order_by("locale", "slug")
            count = len([write(from_page(page), folder) for page in pages])
            for page in pages:
                pictures.give_out(page.body, folder)
            self.stdout.write(f"{count} articles exported to {folder}")
            return
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}. Name one that holds es/*.md and en/*.md.")
        report = import_articles(folder, force=options["force"])
        self.stdout.write(
            f"{len(report.created)} created, {len(report.updated)} updated, {len(report.unchanged)} unchanged"
        )
        if report.edited:
            names = ", ".join(report.edited)
            self.stdout.write(f"Edited in Wagtail and left alone (--force overwrites them): {names}")
        if report.missing:
            names = ", ".join(report.missing)
            self.stdout.write(f"Pictures that were not found in {folder / pictures.FOLDER}: {names}")
        if options["index"]:
            from knowledge.index import index_pending

            self.stdout.write(f"{index_pending()} articles indexed")
        if report.errors:
            raise CommandError("Some files were not imported:\n" + "\n".join(report.errors))
