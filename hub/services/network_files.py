"""Network documents from files: JSON, or YAML for those who write them by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from hub.errors import NotFound, Refusal
from hub.services import networks
from hub.services.context import Hub
from hub.services.networks import Network


def read_document(file: Path) -> dict[str, Any]:
    """The document in a file.

    Raises:
        NotFound: there is no such file.
        Refusal: it is neither JSON nor YAML, or holds no object; the place is named.
    """
    if not file.is_file():
        raise NotFound("common.not_found", field="file", what="file", key=str(file))
    try:
        text = file.read_text("utf-8")
        document = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except (json.JSONDecodeError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refusal("network.unreadable_file", field="file", file=str(file), detail=str(error)) from None
    if not isinstance(document, dict):
        raise Refusal("network.no_object", field="file", file=str(file))
    return document


async def load_file(hub: Hub, file: Path) -> Network:
    """Put the document in ``file`` in force.

    Raises:
        NotFound, Refusal: see ``read_document``.
        InvalidInput: naming every wrong field with its remedy; nothing is stored.
    """
    document = read_document(file)
    network = await hub.store.write(lambda connection: networks.keep(connection, document, hub.clock.now()))
    await hub.store.read(hub.refresh_network)
    return network
