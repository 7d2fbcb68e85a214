"""The people of the demo: readers, staff at every library, a driver, a coordinator, an administrator.

All share one password, which the login page shows. They exist in demonstrations only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from argon2 import PasswordHasher

from hub.kernel.nodes import NodeTree
from hub.services.accounts import NewAccount
from hub.services.context import Role

#: whoever lends has staff: the bookmobile too, kiosks not
_STAFFED = "lend"


@cache
def _said() -> Mapping[str, Any]:
    return tomllib.loads((files("hub.simulation.demo") / "people.toml").read_text("utf-8"))


def demo_password() -> str:
    """The password of every demo account."""
    password: str = _said()["password"]
    return password


def demo_password_hash() -> str:
    """A hash of the password of every demo account, cheap to verify.

    The password stands on the login page, so that slowing down guesses would protect nothing, and the people
    of a simulated day sign in some hundreds of times.
    """
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(demo_password())


def staff_login(node: str) -> str:
    """The login of the staff of a node."""
    return f"staff-{node.lower()}"


def demo_accounts(nodes: NodeTree) -> tuple[NewAccount, ...]:
    """Every account of the demo: the readers, one for the staff of each library, then the others."""
    readers = [NewAccount(password=demo_password(), role=Role.READER, **each) for each in _said()["reader"]]
    staff = [
        NewAccount(login=staff_login(node.code), password=demo_password(), role=Role.STAFF, node=node.code)
        for node in nodes
        if _STAFFED in node.capabilities
    ]
    others = [
        NewAccount(password=demo_password(), **{**each, "role": Role(each["role"])})
        for each in _said()["worker"]
    ]
    return (*readers, *staff, *others)
