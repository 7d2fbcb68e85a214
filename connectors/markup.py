"""Reading XML that comes from strangers: no DTD, no entities, no network, bounded depth.

Owns: the one way in which the connectors read and write XML. Must not: know any schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from connectors.errors import ProtocolViolation

#: A document type declaration stands before the root element, after declarations and comments. What was read
#: as one of these is never read as two: going back over them takes twice as long for each one more.
_DOCTYPE: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def parse(data: bytes, where: str) -> etree._Element:
    """The root of a document.

    Depth is limited to 256 by the parser (its ``huge_tree`` stays off); size is limited by who read ``data``.

    Raises:
        ProtocolViolation: not well formed, nested too deeply, or with a DTD, which could define entities.
    """
    if _DOCTYPE.match(data):
        raise ProtocolViolation("xml_forbidden", where, reason="DTD")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ProtocolViolation("malformed", where, reason=f"XML: {str(error)[:200]}") from error
    # In encodings other than ASCII's kin the declaration is not seen in the bytes.
    if root.getroottree().docinfo.internalDTD is not None:
        raise ProtocolViolation("xml_forbidden", where, reason="DTD")
    return root


def local_name(element: etree._Element) -> str:
    """The tag without its namespace: versions of a protocol differ in nothing else."""
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The child elements with this local name."""
    return (child for child in element if local_name(child) == name)


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child element with this local name."""
    return next(children(element, name), None)


def text(element: etree._Element | None, name: str = "") -> str:
    """The trimmed text of the element, or of its child of this name; empty where there is none."""
    found = element if element is None or not name else child(element, name)
    return "" if found is None else "".join(str(piece) for piece in found.itertext()).strip()


def whole_number(text: str) -> int | None:
    """The whole number that a text is, in at most 18 digits; None for anything else."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None


def elements(element: etree._Element) -> list[etree._Element]:
    """The child elements, without comments and processing instructions."""
    return list(element.iterchildren("*"))


def serialise(element: etree._Element) -> bytes:
    """An element by itself in UTF-8, with the namespaces it needs."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def document(root: etree._Element) -> bytes:
    """A whole document in UTF-8."""
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def sayable(value: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", value)


def new(namespace: str, name: str, **prefixes: str) -> etree._Element:
    """A new element whose namespace is the default one of its document; others may be given prefixes."""
    # The stubs know only named prefixes; None is lxml's way to say the default namespace.
    names: dict[str, str] = {None: namespace, **prefixes}  # type: ignore[dict-item]
    return etree.Element(f"{{{namespace}}}{name}", nsmap=names)


def add(parent: etree._Element, name: str, content: str | None = None, **attributes: str) -> etree._Element:
    """Add a child in its parent's namespace, with text where given, and return it."""
    namespace = str(parent.tag).partition("}")[0].lstrip("{")
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    for key, value in attributes.items():
        element.set(key, sayable(value))
    if content is not None:
        element.text = sayable(content)
    return element
