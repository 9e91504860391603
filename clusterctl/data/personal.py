"""Columns that look like personal data, by what they are called and by what they hold; no value leaves this page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.data.personal_values import (
    is_address,
    is_bare_phone,
    is_card,
    is_given_name,
    is_iban,
    is_identity,
    is_ip,
    is_mail,
    is_name,
    is_phone,
    is_surname_first,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS, MOST_VALUES = 5_000, 1_000
"""Looked at are the distinct values of at most so many rows, evenly spaced, and at most so many of these."""
FEW = 20
"""A column of fewer different values, most of them repeated, is a category and names no one."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLACES = _words("city town place location country region state title ort stadt ville ciudad lieu")
_PERSONS = _words(
    "name names artist author creator owner passenger customer client patient employee contact person member manager doctor teacher "
    "student driver guest tenant user holder beneficiary applicant kunde mitarbeiter inhaber nom nombre cliente"
)


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column that looks like personal data.

    looks_like: in words, `mail addresses`. share: of the distinct values looked at that do; None: it is told by its name.
    """

    name: str
    looks_like: str
    share: float | None

    @property
    def why(self) -> str:
        """Say what speaks for it."""
        return "by its name" if self.share is None else f"{self.share:.0%} of the values looked at".replace("%", " %")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What data of a kind look like.

    headers: parts of a header, joined by `_`. test: of one value; None: the header alone decides. alone: the share of values that must
    pass where no header says so; None: values alone say nothing. named: that share where one does. many: few different values are none.
    named_test: a more lenient test under such a header; None: the same.
    """

    looks_like: str
    headers: frozenset[str]
    test: Callable[[str], bool] | None
    alone: float | None
    named: float
    many: bool = False
    named_test: Callable[[str], bool] | None = None


_NAMES = _words(
    "first_name firstname forename given_name givenname last_name lastname surname family_name familyname "
    "middle_name maiden_name full_name fullname vorname nachname familienname prenom nom_de_famille apellido apellidos"
)
_KINDS = (
    _Kind("mail addresses", _words("email e_mail mail emailaddress correo courriel"), is_mail, 0.5, 0.1),
    _Kind("bank account numbers (IBAN)", _words("iban"), is_iban, 0.5, 0.1),
    _Kind(
        "payment card numbers",
        _words("card credit_card creditcard card_number cardnumber pan kreditkarte carte tarjeta"),
        is_card,
        0.8,
        0.5,
    ),
    _Kind("IP addresses", _words("ip ipv4 ipv6 ip_address"), is_ip, 0.8, 0.5),
    _Kind(
        "identity numbers",
        _words(
            "ssn social_security passport passport_number national_id nino tax_id steuer_id ausweis personalausweis reisepass dni nif "
            "driver_license drivers_license driving_licence pasaporte passeport sozialversicherungsnummer"
        ),
        is_identity,
        None,
        0.5,
        many=True,
    ),
    _Kind(
        "phone numbers",
        _words("phone telephone tel mobile cell cellphone fax handy telefon telefonnummer telefono portable movil msisdn"),
        is_phone,
        0.8,
        0.5,
        named_test=is_bare_phone,
    ),
    _Kind(
        "dates of birth",
        _words(
            "date_of_birth birth_date birthdate birthday dob geburtsdatum geburtstag date_de_naissance date_naissance fecha_de_nacimiento"
        ),
        None,
        None,
        0.0,
        many=True,
    ),
    _Kind(
        "postal addresses",
        _words("address addr street street_address strasse adresse anschrift rue calle direccion domicilio"),
        is_address,
        None,
        0.5,
        many=True,
    ),
    _Kind("names of persons", _NAMES, is_given_name, None, 0.5, many=True),
)


def personal_data(frame: pd.DataFrame, names: Sequence[str]) -> tuple[PersonalColumn, ...]:
    """Return which of the columns `names` look like personal data, in their order.

    Told by content: mail addresses, IBAN (mod 97), payment cards (length and Luhn), IP addresses, phone numbers, and names written
    `Surname, First`; by the header with a look at the values: names, addresses, identity numbers; by the header alone: dates of birth.
    Headers are known in English, German, French and Spanish. Looked at are at most 1,000 distinct values of 5,000 rows. Deterministic.
    """
    found = ((name, _look(frame[name], name)) for name in names)
    return tuple(PersonalColumn(name, *told) for name, told in found if told is not None)


def _look(column: pd.Series, name: str) -> tuple[str, float | None] | None:
    header = _header(name)
    by_name = [kind for kind in _KINDS if _is_named(header, kind.headers)]
    is_number = column.dtype.kind in "iufb"
    if is_number and not by_name and (column.dtype.kind in "fb" or not len(column) or int(column.max()) < 10**12):
        return None
    values, is_many = _distinct(column)
    if not values:
        return None
    for kind in by_name:
        if kind.many and not is_many:
            continue
        if kind.test is None:
            return kind.looks_like, None
        share = _share(values, kind.named_test or kind.test)
        if share >= kind.named:
            return kind.looks_like, share if kind.alone is not None else None
    for kind in _KINDS:
        if kind.alone is not None and kind.test is not None and _share(values, kind.test) >= kind.alone:
            return kind.looks_like, _share(values, kind.test)
    return None if is_number or not is_many else _as_names(values, header)


def _as_names(values: list[str], header: tuple[str, ...]) -> tuple[str, float | None] | None:
    """Tell names of persons under a header that may mean people, or written `Surname, First` under one that means no places."""
    reversed_names = _share(values, is_surname_first)
    if reversed_names >= 0.8 and not _PLACES & set(header):
        return "names of persons", reversed_names
    if header and header[-1] in _PERSONS and _share(values, is_name) >= 0.8:
        return "names of persons", _share(values, is_name)
    return None


def _header(name: str) -> tuple[str, ...]:
    """Return the words of a header in lower case without accents: `E-Mail` is e, mail; `firstName` is first, name."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub("_", name).replace("ß", "ss"))
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return tuple(re.findall(r"[a-z0-9]+", kept.lower()))


def _is_named(header: tuple[str, ...], known: Iterable[str]) -> bool:
    joined = f"_{'_'.join(header)}_"
    return any(f"_{words}_" in joined for words in known)


def _distinct(column: pd.Series) -> tuple[list[str], bool]:
    """Return some distinct values as texts, and whether there are many: at least 20, or more than half of the rows looked at."""
    step = max(1, len(column) // MOST_ROWS)
    some = column.iloc[::step].dropna()
    found = some.unique()[:MOST_VALUES].tolist()
    texts = [str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip() for value in found]
    return texts, len(texts) >= FEW or (len(texts) > 1 and 2 * len(texts) > len(some))


def _share(values: list[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values)
