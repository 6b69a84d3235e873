"""`lexicon.yml`: the words that the rest of this package looks for."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, RootModel, StringConstraints

from bot.shop.marked_yaml import load
from bot.shop.understand.text import Pattern, any_of, plain

PATH = Path(__file__).with_name("lexicon.yml")

LIST = re.compile(r"\{([a-z_]+)\}")

type Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Lexicon(RootModel[dict[str, Annotated[list[Word], Field(min_length=1)]]]):
    """Lists of words by name."""


@lru_cache(maxsize=1)
def current() -> dict[str, list[str]]:
    """Every list, read once per process. Raises FileMistake."""
    return load(PATH, Lexicon).root


@lru_cache(maxsize=128)
def words(name: str) -> Pattern:
    """A pattern that finds any word of a list in folded text. Raises KeyError for an unknown list."""
    return any_of(*(_whole(plain(word)) for word in current()[name]))


def _whole(word: str) -> str:
    """The word with any word of another list in the place of that list's name: "cut my {body}"."""
    return LIST.sub(lambda found: f"(?:{'|'.join(_whole(plain(each)) for each in current()[found[1]])})", word)
