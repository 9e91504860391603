"""What may be shown of an address: credentials and query values never."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)@")
_QUERY_VALUE = re.compile(r"([?&;][^=&;#?]*=)([^&;#]*)")
_PLACEHOLDER = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


def redact(address: str) -> str:
    """Return a URL without password and without the values of its query; `${NAME}` stays. Other texts are returned as they are."""
    if "://" not in address:
        return address
    address = _USERINFO.sub(lambda found: found[1] + _user(found[2]) + "@", address)
    head, mark, fragment = address.partition("#")
    head = _QUERY_VALUE.sub(lambda found: found[1] + (found[2] if _PLACEHOLDER.fullmatch(found[2]) else "***"), head)
    if "?" in head and "=" not in head.partition("?")[2]:
        head = head.partition("?")[0] + "?***"
    return head + mark + ("***" if fragment else "")


def _user(userinfo: str) -> str:
    user, colon, password = userinfo.partition(":")
    return user + colon + (password if not password or _PLACEHOLDER.fullmatch(password) else "***")
