"""One lending decision in progress: the transaction, who acts, when it happened, and the rules in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.errors import Conflict
from hub.kernel.calendars import NeverOpensError
from hub.kernel.volumes import Volume
from hub.services import policies
from hub.services.context import Principal, Transaction
from hub.services.networks import Network
from hub.storage import cases, history
from hub.storage.history import HistoryRow
from ill.policy import NoRule, RuleBook, Ruling


@dataclass(frozen=True, slots=True)
class Lending:
    """What every step of lending is handed."""

    tx: Transaction
    actor: Principal
    book: RuleBook
    happened_at: datetime  #: earlier than ``tx.now`` for a scan made offline

    @classmethod
    def begin(cls, tx: Transaction, actor: Principal, happened_at: datetime | None = None) -> Lending:
        """Begin a decision; reads the rules once.

        Raises:
            Conflict: ``happened_at`` lies in the future.
        """
        if happened_at is not None and happened_at > tx.now:
            raise Conflict("lending.in_the_future", field="happened_at")
        return cls(tx, actor, policies.book(tx.connection), happened_at or tx.now)

    @property
    def network(self) -> Network:
        """The network in force."""
        return self.tx.network

    def ruling(
        self,
        name: str,
        *,
        owner: str = "",
        home: str = "",
        node: str = "",
        item_class: str = "",
        reader_class: str = "",
    ) -> Ruling:
        """What the policy ``name`` says.

        Raises:
            Conflict: no rule fits; refused rather than guessed.
        """
        about = policies.circumstances(
            self.network, owner=owner, home=home, node=node, item_class=item_class, reader_class=reader_class
        )
        try:
            return self.book.decide(name, about, self.tx.now)
        except NoRule:
            raise Conflict("policy.no_rule", policy=name) from None

    def node_name(self, code: str) -> str:
        """The node's name in the language of who acts; the code itself when the network lost the node."""
        nodes = self.network.nodes
        return nodes[code].name(self.actor.language) if code in nodes else code

    def open_days_after(self, node: str, days: int) -> datetime:
        """The end of the ``days``-th open day of a node after now; calendar days where it never opens."""
        try:
            return self.network.calendars.add_open_days(node, self.tx.now, days)
        except NeverOpensError:
            return self.tx.now + timedelta(days=days)

    def record(
        self, subject_kind: str, subject: str, event: str, state: str, node: str, **details: object
    ) -> None:
        """Append to the history of a request, supply or loan."""
        history.append(
            self.tx.connection,
            HistoryRow(
                subject_kind=subject_kind,
                subject=subject,
                event=event,
                state=state,
                actor=self.actor.account,
                node=node,
                details=details,
                happened_at=self.happened_at,
                recorded_at=self.tx.now,
            ),
        )

    def open_case(self, kind: str, volume: Volume, node: str, **details: object) -> str:
        """Have a person at ``node`` look at a volume; the case's id."""
        days = self.ruling("case_days", node=node if node in self.network.nodes else "").number
        return cases.open_case(
            self.tx.connection,
            kind=kind,
            subject_kind="volume",
            subject=str(volume),
            node=node,
            details=details,
            now=self.tx.now,
            deadline_at=self.open_days_after(node, days),
        )
