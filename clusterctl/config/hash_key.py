"""The key of hashed columns: from the environment or the `.env` beside the config, never from a file that is passed on."""

from __future__ import annotations

from collections.abc import Mapping

from clusterctl.data.hashing import Hasher
from clusterctl.errors import ConfigError

VARIABLE = "CLUSTERCTL_HASH_KEY"
FEWEST_BYTES = 16
HINT = 'make one with python -c "import secrets; print(secrets.token_hex(32))", keep it as you keep passwords, and use the same every time'


def hasher_of(environment: Mapping[str, str], what: str) -> Hasher:
    """Return the hasher under the environment's key. what: what needs it, for the message. Raises ConfigError for no key or a short one."""
    key = environment.get(VARIABLE, "").encode("utf-8", "surrogateescape")
    if not key:
        raise ConfigError(f"{what} needs a key, and {VARIABLE} is not set in the environment or in .env beside the config", hint=HINT)
    if len(key) < FEWEST_BYTES:
        raise ConfigError(f"{VARIABLE}: a key of {len(key)} bytes could be found by trying; it needs at least {FEWEST_BYTES}", hint=HINT)
    return Hasher(key)
