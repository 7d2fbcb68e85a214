"""Every refusal the hub makes, as one small tree.

    HubError
    ├── Refusal          the caller asked for something that cannot be (4xx)
    │   ├── NotFound
    │   ├── Forbidden
    │   └── Conflict     true of the world now, may be false later
    └── Broken           the hub or a peer failed (5xx), nothing was changed

Each carries the key of a message in ``hub.messages`` with its values, the field it is about and never
a sentence of its own, so that it can be said in the reader's language.
"""

from __future__ import annotations

from hub.messages.catalogue import label, text


class HubError(Exception):
    """The hub will not or cannot do this."""

    status = 500

    def __init__(self, message: str, /, field: str | None = None, **values: object) -> None:
        """``message`` is a key of the message catalogue; ``field`` names the wrong input, if one is."""
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values

    def say(self, language: str) -> str:
        """The sentence for a person, in ``zh`` or ``en``."""
        return text(self.message, language, **self.values)

    def __str__(self) -> str:
        """In English, for logs and terminals that say nothing of language."""
        return self.say("en")


class Refusal(HubError):
    """What was asked is wrong in itself; asking again unchanged will be refused again."""

    status = 400


class NotFound(Refusal):
    """There is no such thing."""

    status = 404

    def say(self, language: str) -> str:
        """With the kind of thing called as people call it."""
        named = {"what": label(str(self.values["what"]), language)} if "what" in self.values else {}
        return text(self.message, language, **{**self.values, **named})


class Forbidden(Refusal):
    """This account may not do that."""

    status = 403


class Conflict(Refusal):
    """The present state does not allow it."""

    status = 409


class Broken(HubError):
    """The hub or a member failed; the cause is logged and nothing was changed."""

    status = 503
