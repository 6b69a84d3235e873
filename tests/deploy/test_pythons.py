"""Finding Python 3.10 and 3.12 on machines of every kind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import pythons
from deploy.local.trouble import Trouble

Executable = Callable[[Path, str], Path]
ABSENT = "9.9"


def answer(version: str, base: Path, venv: bool = True) -> str:
    return f"""echo '{{"version": "{version}", "base": "{base}", "venv": {str(venv).lower()}}}'"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of this machine is found."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "home").mkdir()
    return {"PATH": f"{tmp_path / 'bin'}", "HOME": str(tmp_path / "home")}


def test_the_python_that_runs_us_is_recognised() -> None:
    found = pythons.probe(Path(sys.executable))
    assert found is not None
    assert found.version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert not found.base.is_relative_to(sys.prefix) or sys.prefix == sys.base_prefix


def test_python3_of_the_right_version_will_do(home: dict[str, str], tmp_path: Path, executable: Executable) -> None:
    executable(tmp_path / "bin" / "python3", answer(ABSENT, tmp_path / "real"))
    assert pythons.find(ABSENT, home) == tmp_path / "real"


def test_a_shim_that_exists_and_fails_is_passed_over(
    home: dict[str, str], tmp_path: Path, executable: Executable
) -> None:
    executable(tmp_path / "bin" / f"python{ABSENT}", f"echo 'pyenv: python{ABSENT}: command not found' >&2; exit 127")
    executable(tmp_path / "bin" / "pyenv", f"echo {tmp_path / 'pyenv'}")
    executable(tmp_path / "pyenv" / "versions" / f"{ABSENT}.1" / "bin" / "python", answer(ABSENT, tmp_path / "one"))
    executable(tmp_path / "pyenv" / "versions" / f"{ABSENT}.12" / "bin" / "python", answer(ABSENT, tmp_path / "twelve"))
    assert pythons.find(ABSENT, home) == tmp_path / "twelve"


def test_pyenv_is_found_in_the_home_folder_without_its_command(
    home: dict[str, str], tmp_path: Path, executable: Executable
) -> None:
    versions = tmp_path / "home" / ".pyenv" / "versions"
    executable(versions / f"{ABSENT}.3" / "bin" / "python", answer(ABSENT, tmp_path / "homely"))
    assert pythons.find(ABSENT, home) == tmp_path / "homely"


def test_uv_fetches_one_as_the_last_resort(home: dict[str, str], tmp_path: Path, executable: Executable) -> None:
    fetched = tmp_path / "fetched"
    executable(tmp_path / "made", answer(ABSENT, tmp_path / "by-uv"))
    executable(
        tmp_path / "bin" / "uv",
        f'case "$1 $2" in "python install") /bin/touch {fetched};; "python find") [ -e {fetched} ] || exit 2; '
        f"echo {tmp_path / 'made'};; esac",
    )
    assert pythons.find(ABSENT, home) == tmp_path / "by-uv"


def test_a_missing_one_is_named_with_where_it_was_looked_for(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home" / ".pyenv" / "versions").mkdir(parents=True)
    with pytest.raises(Trouble) as caught:
        pythons.find(ABSENT, home)
    told = caught.value.text()
    for expected in (ABSENT, "3.12", "3.10", "PATH", "uv (not installed)", "pyenv install 9.9", "POSTVENTA_PYTHON99"):
        assert expected in told


def test_a_debian_python_without_venv_names_the_package(
    home: dict[str, str], tmp_path: Path, executable: Executable
) -> None:
    executable(tmp_path / "bin" / f"python{ABSENT}", answer(ABSENT, tmp_path / "real", venv=False))
    with pytest.raises(Trouble) as caught:
        pythons.find(ABSENT, home)
    assert f"python{ABSENT}-venv" in caught.value.remedy


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 1", "does not run"),
        (answer("3.8", Path("/old")), "is Python 3.8"),
        (answer(ABSENT, Path("/bare"), venv=False), "has no venv"),
    ],
)
def test_the_one_that_is_named_is_used_or_refused(
    home: dict[str, str], tmp_path: Path, executable: Executable, script: str, told: str
) -> None:
    executable(tmp_path / "bin" / f"python{ABSENT}", answer(ABSENT, tmp_path / "on-path"))
    named = executable(tmp_path / "named", script)
    with pytest.raises(Trouble) as caught:
        pythons.find(ABSENT, {**home, "POSTVENTA_PYTHON99": str(named)})
    assert told in caught.value.message
    executable(tmp_path / "named", answer(ABSENT, tmp_path / "chosen"))
    assert pythons.find(ABSENT, {**home, "POSTVENTA_PYTHON99": str(named)}) == tmp_path / "chosen"
