"""Whether one value, as text, looks like a mail address, a phone number, a card, an account or a name."""

from __future__ import annotations

import ipaddress
import re

_MAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^\W\d_]{2,}")
_PHONE = re.compile(r"(?:\+ ?\d|00\d|\(\+?\d{1,5}\)|0\d{1,4}[ /.-])[\d ()/.-]*|\d{3}[-. ]\d{3}[-. ]\d{4}")
_BARE_PHONE = re.compile(r"\d{7,15}")
_CARD = re.compile(r"[2-6]\d{3}(?:[ -]?\d{3,6}){2,4}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+:[0-9A-Fa-f.]*")
_PART = r"[^\W\d_a-z][^\W\d_]*(?:['’.-][^\W\d_]*)*"
_NAME = re.compile(rf"{_PART}(?:,? (?:{_PART}|van|von|de|del|der|den|di|da|la|le|du|dos|el|bin|ten|zu)){{1,5}}")
_ONE_NAME = re.compile(_PART)
_TITLE = r"(?:(?:Mrs?|Ms|Miss|Dr|Prof|Sir|Lady|Rev|Master|Herr|Frau|Mme)\.? )?"
_SURNAME_FIRST = re.compile(rf"{_PART}(?:[ -]{_PART}){{0,2}}, {_TITLE}{_PART}(?: {_PART}){{0,3}}(?: \(.*\))?")
_STREET = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{3})[^@]{6,}")


def is_mail(value: str) -> bool:
    """Tell whether it is `somebody@example.org`."""
    return _MAIL.fullmatch(value) is not None


def is_phone(value: str) -> bool:
    """Tell whether it has 7 to 15 digits written as phone numbers are: `+41 44 123 45 67`, `(030) 1234567`, `555-123-4567`."""
    return _PHONE.fullmatch(value) is not None and 7 <= sum(map(str.isdigit, value)) <= 15


def is_bare_phone(value: str) -> bool:
    """Tell whether it could be a phone number where a header says that it is one: digits alone will do."""
    return is_phone(value) or _BARE_PHONE.fullmatch(value) is not None


def is_card(value: str) -> bool:
    """Tell whether it has the 13 to 19 digits of a payment card, and the last is right (Luhn 1960, ISO/IEC 7812-1)."""
    if not _CARD.fullmatch(value):
        return False
    digits = [int(digit) for digit in value if digit.isdigit()]
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(value: str) -> bool:
    """Tell whether it is an account number whose check digits are right (ISO 13616, mod 97)."""
    if not _IBAN.fullmatch(value):
        return False
    plain = value.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def is_ip(value: str) -> bool:
    """Tell whether it is an IPv4 or IPv6 address."""
    if not _IP.fullmatch(value):
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def is_identity(value: str) -> bool:
    """Tell whether it could be the number of a person's paper: at least 6 letters, digits and marks, 4 of them digits."""
    return 6 <= len(value) <= 20 and " " not in value.strip() and sum(map(str.isdigit, value)) >= 4


def is_address(value: str) -> bool:
    """Tell whether it could be a street with a number."""
    return _STREET.fullmatch(value) is not None


def is_name(value: str) -> bool:
    """Tell whether it is two to six words as names are written, first ones large, without a digit: `Frank Auerbach`, `Auerbach, Frank`."""
    return _NAME.fullmatch(value) is not None


def is_given_name(value: str) -> bool:
    """Tell whether it could be a name where a header says that it is one: one word will do."""
    return _ONE_NAME.fullmatch(value) is not None or is_name(value)


def is_surname_first(value: str) -> bool:
    """Tell whether it is written `Surname, First`."""
    return _SURNAME_FIRST.fullmatch(value) is not None
