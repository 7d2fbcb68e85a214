"""The policies in force: loading the shipped ones, and asking what one says and why (P10).

Owns: the rule book read from storage, and what the circumstances of a decision are.
Must not: know what is decided with a value; fall back on a value that no rule states.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from hub.services.context import Transaction
from hub.services.networks import Network
from hub.storage import policies as storage
from hub.storage.policies import RuleRow
from ill.policy import Circumstances, Rule, RuleBook, Scope

SCOPE_FIELDS = ("network", "agreement", "owner", "node", "item_class", "reader_class")


def load_defaults(tx: Transaction) -> int:
    """Add the shipped rules that are not there yet; how many rules are shipped."""
    rows = default_rules()
    storage.put_missing(tx.connection, rows)
    return len(rows)


def default_rules() -> list[RuleRow]:
    """The shipped rules."""
    document = tomllib.loads(files("hub.services").joinpath("data", "policies.toml").read_text("utf-8"))
    return [_default(entry, document) for entry in document["rule"]]


def _default(entry: dict[str, Any], document: dict[str, Any]) -> RuleRow:
    scope = {name: entry[name] for name in SCOPE_FIELDS if name in entry}
    suffix = "".join(f".{name}={value}" for name, value in scope.items())
    return RuleRow(
        id=f"default.{entry['name']}{suffix}",
        name=entry["name"],
        value=entry["value"],
        effective_from=document["effective_from"],
        source=document["source"],
        **scope,
    )


def book(connection: Connection) -> RuleBook:
    """Every rule, ready to be asked."""
    return RuleBook.of(_rule(row) for row in storage.rules(connection))


def _rule(row: RuleRow) -> Rule:
    scope = Scope(
        network=row.network,
        agreement=row.agreement,
        owner=row.owner,
        node=row.node,
        item_class=row.item_class,
        reader_class=row.reader_class,
    )
    return Rule(row.id, row.name, row.value, row.effective_from, scope, row.version, row.source)


def circumstances(
    network: Network,
    *,
    owner: str = "",
    home: str = "",
    node: str = "",
    item_class: str = "",
    reader_class: str = "",
) -> Circumstances:
    """What a decision is about.

    Args:
        network: the network in force; agreements and inheritance follow from it.
        owner: the library that owns the volume, if one volume is meant.
        home: the reader's home library; with ``owner`` it gives the agreement.
        node: where it is decided, or who must act.
        item_class: of the volume.
        reader_class: of the reader.
    """
    agreement = network.agreement_between(owner, home) if owner and home else None
    return Circumstances(
        network=network.name_en,
        agreement=agreement.code if agreement else "",
        owners=network.nodes.path(owner) if owner else (),
        nodes=network.nodes.path(node) if node else (),
        item_class=item_class,
        reader_class=reader_class,
    )
