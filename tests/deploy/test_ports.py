"""Ports are checked before anything is started."""

from __future__ import annotations

import os
import socket
from dataclasses import asdict, replace

import pytest

from deploy.local import ports
from deploy.local.trouble import Trouble


def test_free_ports_are_four_different_ones() -> None:
    numbers = ports.free()
    assert len(set(asdict(numbers).values())) == 4
    ports.check(numbers)


def test_a_taken_port_names_who_has_it_and_another_that_is_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(Trouble) as caught:
            ports.check(replace(ports.free(), web=taken))
    assert f"port {taken} (web) is taken by pid {os.getpid()}" in caught.value.message
    proposed = caught.value.remedy.rpartition("PORT=")[2]
    ports.check(replace(ports.free(), web=int(proposed)))


def test_a_port_taken_on_every_address_is_taken_here_too() -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(Trouble) as caught:
            ports.check(replace(ports.free(), rasa=taken))
    assert "POSTVENTA_RASA_PORT=" in caught.value.remedy


def test_two_servers_do_not_share_a_port() -> None:
    numbers = ports.free()
    with pytest.raises(Trouble, match="two servers"):
        ports.check(replace(numbers, chroma=numbers.web))


@pytest.mark.parametrize("given", ["0", "65536", "eight", "-1", "80.0", "²"])
def test_what_is_no_port_is_refused_by_name(given: str) -> None:
    with pytest.raises(Trouble, match="POSTVENTA_PORT"):
        ports.chosen({"POSTVENTA_PORT": given})


def test_the_usual_ports_when_none_is_named() -> None:
    assert asdict(ports.chosen({"POSTVENTA_PORT": ""})) == {"web": 8000, "rasa": 5005, "actions": 5055, "chroma": 8001}
