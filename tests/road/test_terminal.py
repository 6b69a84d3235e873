"""A customer in a terminal, against the running shop."""

from __future__ import annotations

import subprocess
import sys

from deploy.local.stack import Stack
from tests.dialogue.engine import ROOT


def at_the_terminal(base: str, *lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "channels.web.terminal", "--base", base],
        input="\n".join(lines),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_lines_are_answered_with_their_source_and_a_number_picks_a_choice(stack: Stack) -> None:
    done = at_the_terminal(
        stack.urls["web"], "¿cuánto tengo para devolver un robot?", "quiero devolver algo", "LB-10401"
    )
    assert done.returncode == 0 and not done.stderr
    answered, _, asked = done.stdout.partition("/es/")
    assert "30 días" in answered and answered.startswith("bot: ")
    assert "correo" in asked, "the order number was understood and its proof is asked for"
    offered = at_the_terminal(stack.urls["web"], "hola", "1")
    assert offered.stdout.count("bot: ") == 2 and "   1. " in offered.stdout


def test_without_a_shop_it_says_how_to_start_one() -> None:
    done = at_the_terminal("http://127.0.0.1:9", "hola")
    assert done.returncode == 1 and "make run" in done.stderr and "Traceback" not in done.stderr
