"""Settings: read once, refused by name when wrong, documented in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.config import LONGEST_SOCKET_PATH, VARIABLES, Settings, from_environment
from hub.errors import Refusal


def test_nothing_set_is_a_hub_on_the_loopback() -> None:
    settings = from_environment({"PATH": "/bin", "TONGJIE_PORT": ""})
    assert settings == Settings()
    assert (settings.host, settings.language) == ("127.0.0.1", "zh")


def test_every_setting_is_read() -> None:
    stated = {
        "TONGJIE_DATA": "/srv/hub", "TONGJIE_DATABASE_URL": "postgresql+psycopg://h/d",
        "TONGJIE_HOST": "0.0.0.0",
        "TONGJIE_PORT": "80", "TONGJIE_Z3950_PORT": "210", "TONGJIE_LANGUAGE": "en",
        "TONGJIE_SECURE_COOKIES": "yes", "TONGJIE_LOG_LEVEL": "DEBUG", "TONGJIE_WORKERS": "3",
        "TONGJIE_ALLOWED_HOSTS": "a.example, b.example,", "TONGJIE_TARGETS": "10.0.0.0/8",
    }  # fmt: skip
    settings = from_environment({name: value for name, value in stated.items() if name in VARIABLES})
    assert settings.data == Path("/srv/hub")
    assert (settings.port, settings.secure_cookies, settings.workers) == (80, True, 3)
    assert settings.allowed_hosts == {"a.example", "b.example"}
    named = {target for target, _, _ in VARIABLES.values()}
    unset = [name for name in sorted(named) if getattr(settings, name) == getattr(Settings(), name)]
    assert unset == [], "the test states every setting there is"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TONGJIE_PROT", "80"),
        ("TONGJIE_PORT", "eighty"),
        ("TONGJIE_PORT", "-1"),
        ("TONGJIE_PORT", "65536"),
        ("TONGJIE_WORKERS", "many"),
        ("TONGJIE_LANGUAGE", "fr"),
        ("TONGJIE_LOG_LEVEL", "LOUD"),
        ("TONGJIE_SECURE_COOKIES", "perhaps"),
    ],
)
def test_a_wrong_setting_is_named_in_both_languages(name: str, value: str) -> None:
    with pytest.raises(Refusal) as caught:
        from_environment({name: value})
    assert caught.value.field == name
    assert name in caught.value.say("zh")
    assert name in caught.value.say("en")


def test_a_deep_folder_has_its_socket_elsewhere_and_always_the_same(tmp_path: Path) -> None:
    deep = Settings(data=tmp_path / ("long" * 30))
    assert len(str(deep.command_socket)) < LONGEST_SOCKET_PATH
    assert deep.command_socket == Settings(data=deep.data).command_socket
    assert deep.command_socket != Settings(data=tmp_path / ("more" * 30)).command_socket
    assert Settings(data=Path("/srv/hub")).command_socket == Path("/srv/hub/hub.sock")
