"""Time zones in templates are those of tzdata, in any year, whatever the machine's zone is."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from carillon.adapters.rendering import zones
from carillon.adapters.rendering.engine import Engine, Source

ENGINE = Engine()
NAMES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
NAMES += ["Asia/Kathmandu", "Pacific/Apia", "America/Caracas", "UTC"]


def shown(at, zone):
    source = Source("{{ at | date: '%Y-%m-%d %H:%M:%S %z', zone }}")
    [text] = ENGINE.render([source], {"at": at.isoformat(), "zone": zone}).texts
    return text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("year", [1970, 1999, 2011, 2026, 2037, 2050, 2150])
def test_a_date_in_a_zone_is_that_of_zoneinfo(name, year):
    at = datetime(year, 1, 1, tzinfo=UTC)
    for _ in range(40):
        at += timedelta(days=9, hours=7, minutes=11)

        assert shown(at, name) == at.astimezone(ZoneInfo(name)).strftime("%Y-%m-%d %H:%M:%S %z")


@pytest.mark.parametrize("second", [-1, 0, 1])
def test_the_hour_changes_at_its_second(second):
    change = datetime(2026, 3, 29, 1, tzinfo=UTC) + timedelta(seconds=second)

    assert shown(change, "Europe/Berlin")[11:13] == ("01" if second < 0 else "03")


@pytest.mark.parametrize("year", [-200, 1, 1500, 9999, 12026])
def test_a_year_that_python_has_not_has_offsets_too(year):
    pairs = zones.offsets("Europe/Berlin", year)

    assert pairs == sorted(pairs)
    assert {offset for _, offset in pairs} <= {3600, 7200} | ({3208} if year < 1900 else set())


def test_a_zone_that_nobody_knows_is_left_out_with_a_warning():
    found = ENGINE.render([Source("a{{ 0 | date: '%Y', zone }}b")], {"zone": "Mars/Phobos"})

    assert found.texts == ["ab"]
    assert [(w.line, w.message) for w in found.warnings] == [
        (1, 'no time zone is called "Mars/Phobos"')
    ]


def test_more_zones_and_years_than_a_message_may_use_are_left_out():
    data = {"years": [f"{year}-07-01T00:00:00Z" for year in range(1000, 1400)]}
    source = Source("{% for y in years %}{{ y | date: '%Y ', 'Europe/Berlin' }}{% endfor %}")

    found = ENGINE.render([source], data)

    assert found.texts[0].split()[:200] == [str(year) for year in range(1000, 1200)]
    assert "too many time zones" in found.warnings[0].message


def test_a_date_without_a_zone_is_utc_on_any_machine():
    code = (
        "from carillon.adapters.rendering.engine import Engine, Source\n"
        "s = \"{{ '2026-07-01 10:00' | date: '%H:%M %z' }} {{ 'Jul 1 2026' | date: '%d %H' }} \"\n"
        "s += \"{{ '2026-07-01T10:00:00+02:00' | date: '%H' }} {{ 0 | date: '%d %H' }}\"\n"
        "print(Engine().render([Source(s)], {}).texts[0])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "TZ": zone, "PYTHONPATH": "layers/core/python"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for zone in ("UTC", "America/New_York", "Asia/Kolkata")
    ]

    assert said == ["10:00 +0000 01 00 08 01 00"] * 3
