"""What is taken for personal data, and what is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusterctl.data.personal import personal_data

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
MAILS, PHONES, CARDS = "mail addresses", "phone numbers", "payment card numbers"
IBANS, IPS, NAMES = "bank account numbers (IBAN)", "IP addresses", "names of persons"
PAPERS, BIRTHS, STREETS = "identity numbers", "dates of birth", "postal addresses"


def luhn(stem: str) -> str:
    """Return a stem with its check digit, by the rule as the standard words it."""
    for last in "0123456789":
        total = 0
        for place, digit in enumerate(reversed(stem + last)):
            double = int(digit) * 2 if place % 2 else int(digit)
            total += double // 10 + double % 10
        if total % 10 == 0:
            return stem + last
    raise AssertionError(stem)


def iban(country: str, account: str) -> str:
    number = "".join(str(ord(letter) - 55) if letter.isalpha() else letter for letter in account + country + "00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


FIRST = ("Anna", "Björn", "Chloé", "Dario", "Elif", "Fatima", "Goran", "Hana", "Iris", "João")
LAST = ("Müller", "O'Neil", "García", "Smith-Jones", "Rossi", "Kim", "Nowak", "Silva", "Brown", "Meier")
PEOPLE = [(first, last) for first in FIRST for last in LAST]
MADE: dict[str, Callable[[int], object]] = {
    "mail": lambda n: f"user.{n}@mail.example.org",
    "plus": lambda n: f"+41 44 {n:03d} 45 67",
    "area": lambda n: f"(030) 12345{n:02d}",
    "dashes": lambda n: f"555-123-{n:04d}",
    "bare": lambda n: 41441234500 + n,
    "card": lambda n: luhn(f"4{n:014d}"),
    "spaced card": lambda n: " ".join(luhn(f"4{n:014d}")[place : place + 4] for place in (0, 4, 8, 12)),
    "card as a number": lambda n: int(luhn(f"4{n:014d}")),
    "iban": lambda n: iban("DE", f"{n:018d}"),
    "ip": lambda n: f"192.168.{n % 7}.{n}",
    "ip6": lambda n: f"2001:db8::{n:x}",
    "person": lambda n: " ".join(PEOPLE[n]),
    "reversed": lambda n: f"{PEOPLE[n][1]}, {PEOPLE[n][0]}",
    "passenger": lambda n: f"{PEOPLE[n][1]}, Mr. {PEOPLE[n][0]}",
    "first": lambda n: f"{FIRST[n % 10]}{chr(97 + n // 10)}",
    "ssn": lambda n: f"123-45-{n:04d}",
    "street": lambda n: f"Hauptstraße {n}",
    "date": lambda n: f"19{n:02d}-05-17",
    "flag": lambda n: n % 2,
    "isbn": lambda n: f"978-3-16-1484{n:02d}-0",
    "version": lambda n: f"1.{n}.3",
    "moment": lambda n: f"2024-01-{n % 28 + 1:02d} 10:00:{n % 60:02d}",
    "amount": lambda n: 1234567.25 + n,
    "town": lambda n: f"{FIRST[n % 10]}ville, {('France', 'Italy', 'Spain')[n % 3]}",
    "product": lambda n: f"model {n} blue",
    "code": lambda n: f"A{n:05d}",
    "words": lambda n: ("yes", "no", "perhaps")[n % 3],
    "number": lambda n: 4_000_000_000_000_000 + 7 * n,
}
PERSONAL = [
    ("contact", "mail", MAILS),
    ("E-Mail", "mail", MAILS),
    ("reach", "plus", PHONES),
    ("reach", "area", PHONES),
    ("reach", "dashes", PHONES),
    ("mobilePhone", "bare", PHONES),
    ("Telefon", "plus", PHONES),
    ("paid_with", "card", CARDS),
    ("paid_with", "spaced card", CARDS),
    ("paid_with", "card as a number", CARDS),
    ("konto", "iban", IBANS),
    ("host", "ip", IPS),
    ("host", "ip6", IPS),
    ("name", "person", NAMES),
    ("Kunde", "person", NAMES),
    ("who", "reversed", NAMES),
    ("Name", "passenger", NAMES),
    ("first_name", "first", NAMES),
    ("Vorname", "first", NAMES),
    ("apellidos", "first", NAMES),
    ("prénom", "first", NAMES),
    ("ssn", "ssn", PAPERS),
    ("passport_number", "code", PAPERS),
    ("Straße", "street", STREETS),
    ("address", "street", STREETS),
    ("date_of_birth", "date", BIRTHS),
    ("Geburtsdatum", "date", BIRTHS),
    ("fecha de nacimiento", "date", BIRTHS),
]
OTHERS = [
    ("phone_service", "flag"),
    ("Mobile_developer", "flag"),
    ("street", "words"),
    ("card", "words"),
    ("name", "product"),
    ("isbn", "isbn"),
    ("version", "version"),
    ("ip_version", "flag"),
    ("seen", "moment"),
    ("day", "date"),
    ("pay", "amount"),
    ("city", "town"),
    ("code", "code"),
    ("serial", "number"),
    ("email_opt_in", "flag"),
    ("title", "person"),
]


def column(maker: str, n: int = 100) -> pd.Series:
    return pd.Series([MADE[maker](place) for place in range(n)])


@pytest.mark.parametrize(("header", "maker", "looks_like"), PERSONAL)
def test_personal_data_is_known_by_its_header_or_by_what_it_holds(header: str, maker: str, looks_like: str) -> None:
    found = personal_data(pd.DataFrame({header: column(maker)}), [header])
    assert [(entry.name, entry.looks_like) for entry in found] == [(header, looks_like)]


@pytest.mark.parametrize(("header", "maker"), OTHERS)
def test_what_only_looks_a_little_like_it_is_no_alarm(header: str, maker: str) -> None:
    assert personal_data(pd.DataFrame({header: column(maker)}), [header]) == ()


def test_a_few_that_are_wrong_or_missing_do_not_hide_the_others() -> None:
    values = column("mail").astype(object)
    values[::10] = None
    values[1::10] = "unknown"
    assert [entry.looks_like for entry in personal_data(pd.DataFrame({"x": values}), ["x"])] == [MAILS]


def test_numbers_that_merely_have_as_many_digits_are_no_cards() -> None:
    numbers = np.random.default_rng(0).integers(4 * 10**15, 5 * 10**15, 500)
    assert personal_data(pd.DataFrame({"x": numbers}), ["x"]) == ()


def test_no_value_is_in_what_is_found() -> None:
    found = personal_data(pd.DataFrame({"x": column("mail")}), ["x"])
    assert "example.org" not in repr(found)


def test_only_the_columns_named_are_looked_at() -> None:
    frame = pd.DataFrame({"a": column("mail"), "b": column("mail")})
    assert [entry.name for entry in personal_data(frame, ["b"])] == ["b"]


@pytest.mark.parametrize("values", [[], [None, None], [np.nan, np.nan], [True, False]])
def test_columns_without_a_text_are_nothing(values: list[object]) -> None:
    assert personal_data(pd.DataFrame({"email": values}), ["email"]) == ()


def tables() -> list[Path]:
    own = sorted((ROOT / "sample_data").glob("*.csv.gz"))
    return own + sorted(SHARED.glob("sample_data/*.csv.gz")) + sorted(SHARED.glob("bench/**/*.csv.gz"))


def test_the_sample_tables_hold_names_of_artists_and_nothing_else() -> None:
    alarms = set()
    for path in tables():
        frame = pd.read_csv(path).rename(columns=str)
        alarms |= {(path.name, entry.name, entry.looks_like) for entry in personal_data(frame, list(frame.columns))}
    assert alarms == {("tate_artworks.csv.gz", "artist", NAMES)}


def test_a_million_rows_by_ten_columns_take_a_fifth_of_a_second() -> None:
    n = 1_000_000
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"number{place}": rng.normal(size=n) for place in range(6)})
    for place in range(3):
        frame[f"text{place}"] = pd.Series(pd.array(rng.integers(0, 50_000, n).astype(str), dtype="str"))
    frame["email"] = pd.Series(pd.array([f"p{row}@example.org" for row in range(n)], dtype="str"))
    took = []
    for _ in range(3):
        start = time.perf_counter()
        assert [entry.name for entry in personal_data(frame, list(frame.columns))] == ["email"]
        took.append(time.perf_counter() - start)
    assert min(took) < 0.2
