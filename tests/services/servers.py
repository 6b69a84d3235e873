"""PostgreSQL and Redis from Debian's packages, each on a free port of 127.0.0.1 with a data folder of its own.

Nothing of them outlives the block, and no cluster or service of the machine is touched.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

READY_SECONDS = 60.0
STOP_SECONDS = 30.0
HOST = "127.0.0.1"
# PostgreSQL refuses to run as root; as root we run it as the account that Debian's package makes, else as nobody.
ACCOUNTS = ("postgres", "nobody")
# Fast rather than safe: what is in it is thrown away. Only a machine that loses power would notice.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")


class Missing(RuntimeError):
    """A server is not installed here; the words say which package has it."""


def postgres_folder() -> Path:
    """Where initdb and postgres lie. Raises Missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    raise Missing("PostgreSQL is not installed: apt-get install postgresql")


def redis_server() -> str:
    """Where Redis lies. Raises Missing."""
    found = shutil.which("redis-server")
    if not found:
        raise Missing("Redis is not installed: apt-get install redis-server")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL that lasts as long as the block; its DATABASE_URL. `folder` is made anew.

    Raises Missing where its account may not enter that folder.
    """
    programs, port, data, account = postgres_folder(), free_port(), folder / "data", _account()
    shutil.rmtree(folder, ignore_errors=True)
    data.mkdir(parents=True)
    closed = [parent for parent in folder.resolve().parents if not parent.stat().st_mode & stat.S_IXOTH]
    if account and closed:
        raise Missing(f"{account} may not enter {closed[0]}: set POSTVENTA_VAR to a folder that everybody may enter")
    if account:
        _give(folder, account)
    with (folder / "log").open("w") as log:
        command = [programs / "initdb", "-D", data, "-U", "postventa", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*command, "--locale=C.UTF-8"], check=True, stdout=log, stderr=log, user=account, cwd=folder)
        settings = [word for setting in FAST for word in ("-c", setting)]
        command = [programs / "postgres", "-D", data, "-h", HOST, "-p", str(port), "-k", data, *settings]
        server = subprocess.Popen(command, stdout=log, stderr=log, user=account, cwd=folder)
        try:
            address = f"postgres://postventa@{HOST}:{port}/postventa"
            _wait(server, lambda: _make_database(port), "PostgreSQL", folder / "log")
            yield address
        finally:
            _end(server)
            shutil.rmtree(data, ignore_errors=True)


@contextmanager
def redis_at(folder: Path) -> Iterator[str]:
    """A Redis that keeps nothing on disk, as long as the block lasts; its REDIS_URL."""
    program, port = redis_server(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("w") as log:
        command = [program, "--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no"]
        server = subprocess.Popen([*command, "--dir", str(folder)], stdout=log, stderr=log)
        try:
            _wait(server, lambda: _pings(port), "Redis", folder / "log")
            yield f"redis://{HOST}:{port}/0"
        finally:
            _end(server)


def _account() -> str | None:
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ACCOUNTS if name in known)


def _give(folder: Path, account: str) -> None:
    entry = pwd.getpwnam(account)
    for path in (folder, folder / "data"):
        os.chown(path, entry.pw_uid, entry.pw_gid)
        path.chmod(0o700)


def _make_database(port: int) -> bool:
    try:
        with psycopg.connect(host=HOST, port=port, user="postventa", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE postventa")
    except psycopg.errors.DuplicateDatabase:
        return True
    except psycopg.OperationalError:
        return False
    return True


def _pings(port: int) -> bool:
    try:
        return bool(redis.Redis(host=HOST, port=port).ping())
    except redis.ConnectionError:
        return False


def _wait(server: subprocess.Popen[bytes], ready: Callable[[], bool], name: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not start: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def pid_of(folder: Path) -> int:
    """Of the PostgreSQL that keeps its data there."""
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
