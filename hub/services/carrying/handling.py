"""One carrying decision in progress: the transaction, who scans, and when it happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime

from hub.errors import Conflict, Forbidden, NotFound
from hub.kernel.volumes import Volume
from hub.messages.catalogue import text
from hub.services import custody
from hub.services.context import Principal, Role, Transaction
from hub.services.networks import Network
from hub.services.operations import Input
from hub.storage import cases, history, transport
from hub.storage.history import HistoryRow
from hub.storage.transport import ToteRow
from ill.transport import totes
from ill.transport.custody import CustodyEventKind, PlaceKind
from ill.transport.totes import ToteEvent, ToteState

ANYWHERE = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.HUB})


class ScanCommand(Input):
    """What every scan may say: when it happened, if earlier, and where, if not at the account's own node."""

    happened_at: AwareDatetime | None = None
    node: str = ""


@dataclass(frozen=True, slots=True)
class Carrying:
    """What every step of carrying is handed."""

    tx: Transaction
    actor: Principal
    happened_at: datetime  #: earlier than ``tx.now`` for a scan made offline
    node: str  #: where it is scanned; "" when nothing says so

    @classmethod
    def begin(cls, tx: Transaction, actor: Principal, command: ScanCommand) -> Carrying:
        """Begin a decision.

        Raises:
            Refusal: the scan says a time that is still to come.
        """
        return cls(tx, actor, custody.moment(tx, command.happened_at), command.node or actor.node)

    @property
    def network(self) -> Network:
        """The network in force."""
        return self.tx.network

    @property
    def here(self) -> str:
        """The node where the scan is made: the actor's own or one below it.

        Raises:
            Conflict: nothing says where, or there is no such node.
            Forbidden: the account works elsewhere.
        """
        nodes = self.network.nodes
        if self.node not in nodes:
            raise Conflict("carrying.no_node", field="node")
        below = self.actor.node in nodes and nodes.within(self.node, self.actor.node)
        if self.actor.role not in ANYWHERE and not below:
            raise Forbidden("carrying.other_node", field="node", node=self.name(self.node))
        return self.node

    def name(self, node: str) -> str:
        """A node's name in the actor's language; its code when the network lost it."""
        nodes = self.network.nodes
        return nodes[node].name(self.actor.language) if node in nodes else node

    def say(self, message: str, **values: object) -> str:
        """A sentence for the actor's screen."""
        return text(f"carrying.{message}", self.actor.language, **values)

    def tote(self, tote_id: str) -> ToteRow:
        """The tote.

        Raises:
            NotFound: there is none with this code.
        """
        found = transport.tote(self.tx.connection, tote_id.upper())
        if found is None:
            raise NotFound("carrying.no_tote", field="tote", tote=tote_id)
        return found

    def advance(self, tote: ToteRow, event: ToteEvent, **values: object) -> ToteState:
        """Let an event happen to a tote; its new state.

        Raises:
            Conflict: the event cannot happen in the tote's state.
        """
        state = totes.advance(ToteState(tote.state), event)
        if state is None:
            raise Conflict(
                "carrying.tote_state",
                field="tote",
                tote=tote.id,
                state=self.say(f"tote_{tote.state}"),
                event=self.say(f"event_{event}"),
            )
        transport.change_tote(self.tx.connection, tote.id, self.tx.now, state=state.value, **values)
        self.note("tote", tote.id, event.value, state.value, **values)
        return state

    def note(self, subject_kind: str, subject: str, event: str, state: str = "", **details: object) -> None:
        """Append to the history of a tote or trip."""
        history.append(
            self.tx.connection,
            HistoryRow(
                subject_kind, subject, event, self.happened_at, self.tx.now,
                state=state, actor=self.actor.account, node=self.node, details=details,
            ),
        )  # fmt: skip

    def move(
        self, volume: Volume, kind: CustodyEventKind, place_kind: PlaceKind, place: str, node: str
    ) -> None:
        """Record that a volume came into other hands."""
        custody.record(
            self.tx,
            volume,
            kind,
            place_kind,
            place,
            happened_at=self.happened_at,
            actor=self.actor.account,
            key=self.tx.new_id("K"),
            node=node,
        )

    def open_case(self, kind: str, subject_kind: str, subject: str, node: str, **details: object) -> str:
        """Have a person look at it; the id of the case."""
        return cases.open_case(
            self.tx.connection,
            kind=kind,
            subject_kind=subject_kind,
            subject=subject,
            node=node,
            details=details,
            now=self.tx.now,
            deadline_at=custody.case_deadline(self.tx, node),
        )

    def next_stop(self, origin: str, destination: str) -> str:
        """Where a volume leaves its next vehicle; the destination itself when nothing goes there."""
        journey = self.network.arrivals.journey(origin, destination, self.tx.now)
        return journey.legs[0].destination if journey and journey.legs else destination
