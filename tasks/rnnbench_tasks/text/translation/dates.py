"""Dates as people write them, and as ISO 8601 has them: ``Thursday, 5 March 1987``, ``1987-03-05``.

A date is drawn uniformly from :data:`FIRST` to :data:`LAST`, and how it is written from
:data:`FORMS`. Some forms name the weekday, which tells nothing more; years, months and days stand
in several orders, months as a word, as its first three letters or as a number.
"""

from __future__ import annotations

from datetime import date
from random import Random

FIRST, LAST = date(1900, 1, 1), date(2099, 12, 31)
FORMS = (
    "{day} {month} {year}",
    "{day} {short} {year}",
    "{month} {day}, {year}",
    "{short} {day}, {year}",
    "{weekday}, {day} {month} {year}",
    "{weekday}, {month} {day}, {year}",
    "{day}.{number}.{year}",
    "{year}, {month} {day}",
    "the {ordinal} of {month} {year}",
)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: The numbers are drawn from this seed, by the one method of Python's that never changes.
SEED = 1


def dates(count: int) -> list[tuple[str, str]]:
    """Return ``count`` different dates as people write them, each with its ISO form."""
    random, found = Random(SEED), dict[str, str]()
    while len(found) < count:
        day = date.fromordinal(between(random, FIRST.toordinal(), LAST.toordinal()))
        form = FORMS[between(random, 0, len(FORMS) - 1)]
        found[written(day, form)] = day.isoformat()
    return list(found.items())


def written(day: date, form: str) -> str:
    """Return a date in a form of :data:`FORMS`."""
    month = MONTHS[day.month - 1]
    return form.format(
        day=day.day,
        ordinal=f"{day.day}{ending(day.day)}",
        month=month,
        short=month[:3],
        number=day.month,
        year=day.year,
        weekday=WEEKDAYS[day.weekday()],
    )


def ending(number: int) -> str:
    """Return how the ordinal of a number below 100 ends: ``st`` of 21."""
    last = number % 10 if number // 10 != 1 else 0
    return {1: "st", 2: "nd", 3: "rd"}.get(last, "th")


def between(random: Random, low: int, high: int) -> int:
    """Return a whole number, both ends included."""
    return low + int(random.random() * (high - low + 1))
