"""The intent classifier, stored and loaded: what it asks which encoder, and what a model holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dialogue.engine import run_inside

FIRST, SECOND = "use-multilingual-v3", "multilingual-e5-small-q4"


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    told: dict[str, Any] = run_inside("classifier")
    return told


def test_a_sure_message_never_loads_the_slow_encoder(seen: dict[str, Any]) -> None:
    assert seen["at_start"] == [FIRST] == seen["when_sure"]
    assert seen["sure"]["name"] == "return_item" and seen["sure"]["confidence"] > 0.6


def test_an_unsure_message_is_read_a_second_time(seen: dict[str, Any]) -> None:
    assert seen["first_about_unsure"] < 0.9 < seen["sure"]["confidence"] and seen["once_only"] == [FIRST]
    assert seen["when_unsure"] == [SECOND, FIRST]


def test_what_answers_a_question_of_ours_is_read_once_where_that_is_enough(seen: dict[str, Any]) -> None:
    assert seen["when_asked"] == [FIRST]
    assert seen["told_when_asked"] == pytest.approx(seen["first_about_unsure"])


def test_the_slow_encoder_is_asked_only_where_it_turns_what_is_chosen(seen: dict[str, Any]) -> None:
    below = seen["asked_below"]
    assert 0.7 < below.pop("turns the unsure") < 0.8
    assert set(below.values()) == {0.0}


def test_a_loaded_model_says_what_the_trained_one_said(seen: dict[str, Any]) -> None:
    assert seen["same_after_loading"]
    assert all(name.endswith((".npz", ".json")) for name in seen["files"]) and len(seen["files"]) == 2


def test_misspelt_words_keep_their_intent(seen: dict[str, Any]) -> None:
    assert seen["typo"] == "return_item"


def test_no_letters_no_opinion(seen: dict[str, Any]) -> None:
    assert len(set(seen["empty"])) == 1


def test_frequent_ngrams_count_like_all_others(seen: dict[str, Any]) -> None:
    everywhere, some, none = seen["ngrams"]
    assert everywhere[0] > some[0] > none[0] == 0
    assert max(off for _rows, off, _most in seen["ngrams"]) < 1e-6 and some[2] > 0.5
