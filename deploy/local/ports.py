"""The ports of the four servers, checked before anything is started."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.trouble import Trouble

HOST = "127.0.0.1"
VARIABLES = {
    "web": ("POSTVENTA_PORT", 8000),
    "rasa": ("POSTVENTA_RASA_PORT", 5005),
    "actions": ("POSTVENTA_ACTIONS_PORT", 5055),
    "chroma": ("POSTVENTA_CHROMA_PORT", 8001),
}


@dataclass(frozen=True)
class Ports:
    web: int
    rasa: int
    actions: int
    chroma: int


def chosen(environ: Mapping[str, str]) -> Ports:
    """The ports that the environment names, or the usual ones. Raises Trouble for what is no port."""
    return Ports(
        **{name: _number(variable, environ.get(variable), usual) for name, (variable, usual) in VARIABLES.items()}
    )


def free() -> Ports:
    """Four ports that are free now."""
    with socket.socket() as a, socket.socket() as b, socket.socket() as c, socket.socket() as d:
        numbers = []
        for each in (a, b, c, d):
            each.bind((HOST, 0))
            numbers.append(int(each.getsockname()[1]))
    return Ports(*numbers)


def check(ports: Ports) -> None:
    """Raises Trouble when one cannot be listened on, naming who has it."""
    given = asdict(ports)
    for name, port in given.items():
        variable = VARIABLES[name][0]
        way = f"make run PORT={_next(port)}" if name == "web" else f"{variable}={_next(port)} make run"
        if list(given.values()).count(port) > 1:
            raise Trouble(f"port {port} is given to two servers, {name} being one.", f"give it another one: {way}")
        code = _listening_fails(port)
        if code == errno.EADDRINUSE:
            raise Trouble(f"port {port} ({name}) is taken{_owner(port)}.", f"stop that, or take another port: {way}")
        if code:
            reason = os.strerror(code)
            raise Trouble(f"port {port} ({name}) cannot be listened on: {reason}.", f"take another port: {way}")


def _number(variable: str, given: str | None, usual: int) -> int:
    if not given:
        return usual
    if given.isascii() and given.isdigit() and 0 < int(given) < 65536:
        return int(given)
    raise Trouble(f"{variable} is {given!r}, which is no port.", "give a number from 1 to 65535.")


def _next(port: int) -> int:
    after = [other for other in range(port + 10, min(port + 200, 65536), 10) if not _listening_fails(other)]
    return after[0] if after else free().web


def _listening_fails(port: int) -> int:
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError as error:
            return error.errno or errno.EINVAL
    return 0


def _owner(port: int) -> str:
    for pid in _pids_of_proc(port) or _pids_of_lsof(port):
        return f" by pid {pid}{_name(pid)}"
    return " by a process of another account"


def _pids_of_proc(port: int) -> list[int]:
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
        except OSError:
            continue
        # proc(5): local address as hex:port, state 0A is LISTEN, the tenth column is the inode.
        sockets |= {
            f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port
        }
    if not sockets:
        return []
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _holds(folder, sockets)]


def _holds(folder: Path, sockets: set[str]) -> bool:
    try:
        return any(str(link.readlink()) in sockets for link in (folder / "fd").iterdir())
    except OSError:
        return False


def _pids_of_lsof(port: int) -> list[int]:
    lsof = shutil.which("lsof")
    if not lsof:
        return []
    command = [lsof, "-nP", "-t", f"-iTCP:{port}", "-sTCP:LISTEN"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [int(line) for line in done.stdout.split()]


def _name(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        done = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        words = done.stdout.split()
    # Arguments may carry secrets: the program, and the script or module it runs, are enough.
    told = [Path(word).name if "/" in word else word for word in words[:3] if word]
    return f" ({' '.join(told)})" if told else ""
