import json
from contextlib import nullcontext

import pytest
from specimens import OPENED

from rnnbench.inventory import catalog, devices
from rnnbench.report.lists import listing
from rnnbench.schema.messages.message import Failed


def test_cells_come_with_their_options(registry):
    found = {entry["name"]: entry for entry in catalog.entries("cells", registry, [], nullcontext)}
    assert found["lstm"]["gates"] == ["i", "f", "g", "o"]
    assert found["lstm"]["options"] == {"forget_bias": 1.0}
    assert found["leaky"]["about"].startswith("h' = (1 - a) h")


def test_tasks_come_with_their_options_and_defaults(registry):
    found = {entry["name"]: entry for entry in catalog.entries("tasks", registry, [], nullcontext)}
    assert found["echo"]["options"] == {"length": 3, "path": ""}
    assert found["echo"]["defaults"]["hidden"] == 3
    assert found["echo"]["about"] == "Say the last number again."


def test_a_number_that_python_does_not_print_is_told_as_such():
    assert catalog.plain_value(10**5000) == "a int"
    assert catalog.plain_value(1 << 63) == 1 << 63


def test_suites_come_with_what_they_say_of_themselves(registry):
    found = {entry["name"]: entry for entry in catalog.entries("suites", registry, [], nullcontext)}
    assert found["tiny"]["about"] == "One tiny comparison."


def test_backends_come_with_status_version_and_variants(registry, monkeypatch):
    monkeypatch.setattr(devices, "ask_backends", None)  # no framework is started
    found = {one["name"]: one for one in catalog.entries("backends", registry, [], nullcontext)}
    assert {"fake", "ghost", "numpy", "torch", "tensorflow", "jax"} <= found.keys()
    assert (found["fake"]["default"], len(found["fake"]["variants"])) == ("good", 9)
    assert all("pip install" in e["detail"] for e in found.values() if e["status"] != "ok")


def test_devices_are_what_workers_report(registry, monkeypatch):
    asked = []

    def ask_backends(names, plugins, status):
        asked.extend(names)
        return {"fake": OPENED, "ghost": Failed("failed", "ImportError: no libghost")}

    monkeypatch.setattr(devices, "ask_backends", ask_backends)
    found = {one["name"]: one for one in catalog.entries("devices", registry, [], nullcontext)}
    assert (found["fake"]["status"], found["fake"]["devices"]) == ("ok", ["cpu"])
    assert (found["ghost"]["status"], found["ghost"]["devices"]) == ("broken", [])
    assert found["ghost"]["detail"] == "ImportError: no libghost"
    for entry in found.values():
        assert (entry["name"] in asked) == (entry["status"] in ("ok", "broken"))
        if entry["status"] == "not installed":
            assert "pip install" in entry["detail"]


def test_workers_are_asked_for_their_devices(fake):
    replies = devices.ask_backends(["fake", "ghost"], [], nullcontext)
    assert replies["fake"].devices == ["cpu"]
    assert "Ghost" in replies["ghost"].reason


@pytest.mark.parametrize("kind", ["cells", "tasks", "suites"])
def test_tables_fit_and_are_plain(registry, capsys, kind):
    listing.print_tables({kind: catalog.entries(kind, registry, [], nullcontext)}, [])
    out, err = capsys.readouterr()
    assert max(map(len, out.splitlines())) <= 100
    assert "\x1b" not in out
    assert err == ""
    assert kind in out


def test_json_is_what_was_found(registry, capsys):
    found = {"cells": catalog.entries("cells", registry, [], nullcontext)}
    listing.print_json(found)
    assert json.loads(capsys.readouterr().out) == found
