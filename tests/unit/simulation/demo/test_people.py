from __future__ import annotations

from collections import Counter

from hub.kernel.nodes import Level, NodeTree
from hub.services.context import Role
from hub.simulation.demo.habits import catalogues
from hub.simulation.demo.people import demo_accounts


def test_there_is_somebody_for_every_role(nodes: NodeTree) -> None:
    roles = Counter(account.role for account in demo_accounts(nodes))
    assert roles[Role.READER] == 24
    assert all(roles[role] >= 1 for role in (Role.DRIVER, Role.COORDINATOR, Role.ADMINISTRATOR))


def test_every_library_has_staff(nodes: NodeTree) -> None:
    staffed = {account.node for account in demo_accounts(nodes) if account.role is Role.STAFF}
    unstaffed = {node.level for node in nodes if node.code not in staffed}
    assert unstaffed == {Level.KIOSK}


def test_logins_and_cards_are_unique_and_readers_marked(nodes: NodeTree) -> None:
    accounts = demo_accounts(nodes)
    readers = [account for account in accounts if account.role is Role.READER]
    assert len({account.login for account in accounts}) == len(accounts)
    assert len({account.card for account in readers}) == len(readers)
    assert all("演示读者" in account.name and account.node in nodes for account in readers)


def test_the_catalogues_use_every_lending_node(nodes: NodeTree) -> None:
    used = {node for habits in catalogues() for node in habits.locations.values() if node}
    lending = {node.code for node in nodes if "lend" in node.capabilities}
    assert used == lending
    for habits in catalogues():
        assert all(nodes[node].system == habits.member for node in habits.locations.values() if node)
