"""What runs inside Rasa, looked at from inside: patches, encoder, trackers."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.dialogue.engine import run_inside


@pytest.fixture(scope="module")
def patched() -> dict[str, Any]:
    seen: dict[str, Any] = run_inside("patches")
    return seen


def test_action_answers_are_accepted_and_refused_as_before(patched: dict[str, Any]) -> None:
    before = patched["before"]["validations"]
    assert patched["after"]["validations"] == before
    assert any(one is True for one in before) and any(str(one).startswith("refused") for one in before)


def test_event_names_mean_the_same_classes(patched: dict[str, Any]) -> None:
    assert patched["after"]["types"] == patched["before"]["types"]
    assert any("SlotSet" in one for one in patched["after"]["types"])


def test_endpoint_calls_are_the_same_over_one_connection(patched: dict[str, Any]) -> None:
    before, after = patched["before"]["calls"], patched["after"]["calls"]
    assert after["seen"] == before["seen"] and len(after["seen"]) == 5
    assert after["results"] == before["results"]
    assert (before["connections"], after["connections"]) == (5, 1)


def test_a_changed_rasa_is_refused_with_a_remedy(patched: dict[str, Any]) -> None:
    assert "Event.resolve_by_type" in patched["refusal"]
    assert "uv pip sync requirements/rasa.txt" in patched["refusal"]


def test_tensorflow_and_chat_sdks_are_not_loaded(patched: dict[str, Any]) -> None:
    assert patched["stand_ins"]["tensorflow"] is True
    assert patched["tensorflow"] is False
    assert patched["chat_sdks"] == []


def test_a_graph_gives_and_refuses_as_under_dask() -> None:
    seen = run_inside("graphs")
    assert seen["after"] == seen["before"]
    assert seen["after"]["all of the schema"] == [{"last": ["one=['word=given']", "three=[1]", "two=given"]}, 3]
    assert {run[0] for run in seen["after"].values() if isinstance(run[0], str)} >= {"GraphRunError", "RasaException"}


@pytest.fixture(scope="module")
def ruled() -> dict[str, Any]:
    seen: dict[str, Any] = run_inside("rules")
    return seen


def test_the_rules_say_the_same_for_less(ruled: dict[str, Any]) -> None:
    assert len(ruled["same"]) == 7 and all(ruled["same"].values())
    assert {"answer", "first_form", "fetch", "action_restart", "action_default_fallback"} <= set(ruled["actions"])
    assert ruled["sources"] > 100
    before, after = ruled["states"]
    assert after < before / 2


def test_past_states_are_each_conversations_own_and_go_with_it(ruled: dict[str, Any]) -> None:
    assert ruled["mixed"] is True and ruled["left"] == 0


def test_a_copy_of_a_tracker_knows_the_same_and_stands_alone() -> None:
    seen = run_inside("copies")
    assert seen["differ"] == [] and seen["copies"] == seen["kinds"] == 152
    assert seen["apart"] is True
    assert seen["share"] < 0.6


@pytest.fixture(scope="module")
def pieces() -> dict[str, Any]:
    seen: dict[str, Any] = run_inside("pieces", "7")
    return seen


def test_the_encoder_reads_any_text(pieces: dict[str, Any]) -> None:
    encoder = pieces["encoder"]
    assert encoder["shape"] == [7, 512] and encoder["finite"]
    assert encoder["lengths"] == pytest.approx([1.0] * 7, abs=1e-3)


def test_the_encoder_brings_the_languages_together(pieces: dict[str, Any]) -> None:
    encoder = pieces["encoder"]
    assert encoder["across_languages"] > encoder["unrelated"] + 0.3


def test_the_encoder_says_what_the_published_one_says(pieces: dict[str, Any]) -> None:
    assert pieces["encoder"]["off_the_published"] < 1e-6


def test_the_encoder_is_shared_and_remembers(pieces: dict[str, Any]) -> None:
    assert pieces["encoder"]["same_object"] and pieces["encoder"]["repeat_equal"]


def test_an_action_call_tells_what_the_message_means_where_it_was_read(pieces: dict[str, Any]) -> None:
    read, unread, cut = pieces["encoder"]["told"].values()
    assert [len(base64.b64decode(vector)) for vector in read.values()] == [512 * 4]
    assert unread == cut == {}


def test_other_weights_are_refused_with_a_remedy(pieces: dict[str, Any]) -> None:
    assert "weights.npz" in pieces["encoder"]["complaint"]
    assert "uv pip sync requirements/rasa.txt" in pieces["encoder"]["complaint"]


def test_a_shortened_tracker_is_in_the_same_state(pieces: dict[str, Any]) -> None:
    assert pieces["trackers"]["different"] == []
    assert 0 < pieces["trackers"]["longest"] <= 90


@pytest.fixture(scope="module")
def purposes() -> dict[str, Any]:
    seen: dict[str, Any] = run_inside("purposes")
    return seen


def test_one_subject_with_three_purposes(purposes: dict[str, Any]) -> None:
    likeliest = [max(shares, key=shares.__getitem__) for shares in purposes["fitted"][:3]]
    assert likeliest == ["asks", "wants", "alarms"]


def test_a_purpose_of_any_text_is_a_distribution_and_survives_storage(purposes: dict[str, Any]) -> None:
    assert all(sum(shares.values()) == pytest.approx(1.0, abs=1e-3) for shares in purposes["fitted"])
    assert purposes["loaded"] == purposes["fitted"]


def test_a_purpose_without_examples_is_refused_with_a_remedy(purposes: dict[str, Any]) -> None:
    assert "escalates" in purposes["complaints"][0] and "config.yml" in purposes["complaints"][0]
    assert "/nowhere/at/all" in purposes["complaints"][1]
