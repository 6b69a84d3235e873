"""What a shop's environment variables say: words, switches, lists, and the addresses of its database and its mail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_flag(name: str, default: bool) -> bool:
    return env(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def database(var: Path) -> dict[str, Any]:
    """SQLite in the folder `var` unless DATABASE_URL names another engine.

    WAL lets readers go on while one process writes; IMMEDIATE takes the write lock when a transaction begins, so that
    two processes wait for each other instead of failing with "database is locked" half way.
    """
    config = dict(
        dj_database_url.parse(
            env("DATABASE_URL", f"sqlite:///{var / 'postventa.sqlite3'}"), conn_max_age=60, conn_health_checks=True
        )
    )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
        }
        # A file, because threads that share an in-memory database do not wait for each other's locks.
        config["TEST"] = {"NAME": var / "test.sqlite3"}
    if config["ENGINE"] == "django.db.backends.postgresql":
        # The threads of a process share its connections; Django keeps none of its own beside a pool.
        config["CONN_MAX_AGE"] = 0
        given: Any = config.get("OPTIONS") or {}
        pool = {"min_size": 1, "max_size": int(env("POSTVENTA_DATABASE_CONNECTIONS", "12")), "timeout": 10}
        config["OPTIONS"] = {**given, "pool": pool}
    return config


def mailer(url: str) -> dict[str, Any]:
    """Django's mail backend for smtp://name:password@host:port, smtps:// or smtp+starttls://; without, none is sent."""
    if not url:
        return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    secured = {"smtps": {"use_ssl": True}, "smtp+starttls": {"use_tls": True}, "smtp": {}}.get(parts.scheme)
    if secured is None or not parts.hostname:
        raise ValueError("MAIL_SMTP_URL: smtp+starttls://name:password@host:587, or smtps:// or smtp://.")
    names = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    return {"OPTIONS": {"host": parts.hostname, "port": parts.port, "timeout": 20, **names, **secured}}
