"""Passwords of members' systems: named, looked up at use, and nowhere to be read."""

from __future__ import annotations

import io
import logging
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from hub import logs
from hub.bootstrap.assembly import assemble
from hub.bootstrap.secrets import ConfiguredSecrets, take_out_clear_secrets, to_be_scrubbed
from hub.config import Settings, from_environment
from hub.errors import Refusal
from hub.services.context import Hub
from hub.services.harvesting import sources
from hub.services.harvesting.harvest import as_answer, harvest
from hub.services.harvesting.opening import refuse_elsewhere
from hub.services.harvesting.sources import NewSource, SourceChange
from hub.services.secrets import clear_secrets, is_reference, shown, with_secrets
from hub.storage import harvests
from hub.storage.harvests import SourceRow
from hub.storage.store import Store
from tests.hubs import TUESDAY, hub_over

SECRET = "open-sesame-7"
NAMED = "env:TONGJIE_SECRET_ALEPH"
ADDRESS = "tcp://127.0.0.1:1/Books"


def assembled(data: Path) -> AbstractAsyncContextManager[Hub]:
    """A hub on the disk that was given one secret."""
    return assemble(Settings(data=data, secrets={"TONGJIE_SECRET_ALEPH": SECRET}))


def files_with_the_secret(data: Path) -> list[str]:
    return [path.name for path in data.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize("reference", [NAMED, "file:/run/secrets/aleph", "secret:aleph.password"])
def test_references(reference: str) -> None:
    assert is_reference(reference)
    assert clear_secrets({"password": reference, "user": "hub"}) == []
    assert shown({"password": reference}) == {"password": reference}


@pytest.mark.parametrize(
    "value", ["sesame", "env:PATH", "env:TONGJIE_DATABASE_URL", "file:here", "secret:../hub.sqlite", 1234]
)
def test_what_is_no_reference_is_a_secret_in_clear(value: object) -> None:
    assert clear_secrets({"password": value}) == ["password"]
    assert shown({"password": value, "user": "hub"}) == {"password": "***", "user": "hub"}


def test_secrets_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "aleph").write_text("from the folder\n", "utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("from a file\n", "utf-8")
    secrets = ConfiguredSecrets({"TONGJIE_SECRET_ALEPH": SECRET}, tmp_path)
    found = [
        with_secrets({"password": reference}, secrets)["password"]
        for reference in (NAMED, f"file:{elsewhere}", "secret:aleph")
    ]
    assert found == [SECRET, "from a file", "from the folder"]
    assert secrets.conceal(f"login hub/{SECRET} refused") == "login hub/*** refused"
    for missing in ("env:TONGJIE_SECRET_OTHER", "secret:other", f"file:{tmp_path}/none"):
        with pytest.raises(Refusal, match="There is no secret at"):
            secrets.look_up(missing)


def test_the_settings_take_secrets_and_do_not_show_them() -> None:
    settings = from_environment({"TONGJIE_SECRET_ALEPH": SECRET, "TONGJIE_PORT": "8081"})
    assert settings.secrets == {"TONGJIE_SECRET_ALEPH": SECRET}
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_password_in_clear_is_refused_without_being_repeated(
    sqlite_store: Store, language: str
) -> None:
    hub = hub_over(sqlite_store)
    with pytest.raises(Refusal) as refused:
        await sources.add(hub, NewSource("a", "JLT", "z3950", ADDRESS, {"password": SECRET}))
    assert "env:TONGJIE_SECRET_" in refused.value.say(language)
    assert SECRET not in refused.value.say(language)
    with pytest.raises(Refusal) as refused:
        await sources.add(hub, NewSource("a", "JLT", "sru", f"http://u:{SECRET}@127.0.0.1/", {}))
    assert SECRET not in refused.value.say(language)
    await sources.add(hub, NewSource("a", "JLT", "z3950", ADDRESS, {"password": NAMED}))
    with pytest.raises(Refusal):
        await sources.change(hub, SourceChange("a", options={"password": SECRET}))


async def test_a_run_without_its_secret_says_so_in_either_language(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    await sources.add(
        hub, NewSource("a", "JLT", "z3950", ADDRESS, {"user": "hub", "password": "env:TONGJIE_SECRET_NONE"})
    )
    reports = await harvest(hub)
    assert as_answer(reports, "en")["sources"][0]["problem"].endswith(
        "empty (reference=env:TONGJIE_SECRET_NONE)"
    )
    assert as_answer(reports, "zh")["sources"][0]["problem"].endswith(
        "为空 (reference=env:TONGJIE_SECRET_NONE)"
    )


async def test_no_file_of_the_hub_and_no_answer_holds_a_secret(tmp_path: Path) -> None:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logs.ConcealingFormatter("%(message)s"))
    logging.getLogger().addHandler(handler)
    options = {"user": "hub", "password": NAMED, "attempts": 1}
    try:
        async with assembled(tmp_path) as hub:
            await sources.add(hub, NewSource("a", "JLT", "z3950", ADDRESS, options))
            answer = as_answer(await harvest(hub))
            logging.getLogger("peer").error("refused hub/%s", SECRET)
    finally:
        logging.getLogger().removeHandler(handler)
    assert "refused hub/***" in said.getvalue()
    assert SECRET not in said.getvalue()
    assert SECRET not in str(answer)
    assert "unreachable" in str(answer) or "no connection" in str(answer)
    assert files_with_the_secret(tmp_path) == []


async def test_a_password_kept_by_an_earlier_release_moves_into_a_private_file(tmp_path: Path) -> None:
    options = {"user": "hub", "password": SECRET}
    earlier = SourceRow("南京 1", "JLT", "z3950", ADDRESS, options, {}, TUESDAY)
    async with assembled(tmp_path) as hub:
        await hub.store.write(lambda connection: harvests.add_source(connection, earlier))
    async with assembled(tmp_path) as hub:
        kept = await sources.find(hub, "南京 1")
        assert clear_secrets(kept.options) == []
        assert with_secrets(kept.options, hub.secrets) == options
        name = kept.options["password"].removeprefix("secret:")
        assert files_with_the_secret(tmp_path) == [name], "neither the database nor its log holds it"
    assert (tmp_path / "secrets" / name).stat().st_mode & 0o777 == 0o600


async def test_a_hub_that_was_killed_while_passwords_moved_takes_their_bytes_away_later(
    tmp_path: Path,
) -> None:
    earlier = [
        SourceRow(f"s{number}", "JLT", "z3950", ADDRESS, {"password": SECRET, "keys": "x" * 900}, {}, TUESDAY)
        for number in range(20)
    ]
    async with assembled(tmp_path) as hub:
        for source in earlier:
            await hub.store.write(lambda connection, source=source: harvests.add_source(connection, source))  # type: ignore[misc]  # a default pins the loop's value
        # Some builds of SQLite overwrite what is deleted by themselves; this one is to be one that does not.
        await hub.store.write(lambda connection: connection.exec_driver_sql("PRAGMA secure_delete=OFF").all())
        await hub.store.write(lambda connection: take_out_clear_secrets(connection, tmp_path))
    assert "hub.sqlite" in files_with_the_secret(tmp_path), "what was moved stays in freed pages"
    async with assembled(tmp_path):
        assert all(name.startswith("source-") for name in files_with_the_secret(tmp_path))
    assert not to_be_scrubbed(tmp_path)


@pytest.mark.parametrize(
    ("permitted", "address", "fine"),
    [
        ((), "tcp://anywhere.example:210/Books", True),
        (("opac.example",), "http://OPAC.example/sru", True),
        ((".example",), "http://opac.example/sru", True),
        ((".example",), "http://opac.example.evil/sru", False),
        (("10.0.0.0/8", "127.0.0.1"), "tcp://10.3.4.5:210/Books", True),
        (("10.0.0.0/8",), "tcp://127.0.0.1:210/Books", False),
        (("fd00::/8",), "tcp://[fd00::1]:210/Books", True),
        (("10.0.0.0/8",), "tcp://name-in-that-network:210/Books", False),
        (("10.0.0.0/8",), "/var/spool/drops", True),
        (("/var/spool/drops",), "tcp://anywhere.example:210/Books", True),
    ],
)
def test_sources_are_only_where_the_configuration_permits(
    permitted: tuple[str, ...], address: str, fine: bool
) -> None:
    if fine:
        refuse_elsewhere(address, permitted)
    else:
        with pytest.raises(Refusal, match="TONGJIE_TARGETS"):
            refuse_elsewhere(address, permitted)
