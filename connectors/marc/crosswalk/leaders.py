"""The leader, position by position."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.marc.crosswalk.codes import codes, codes_back


def leader_to_marc21(leader: str) -> str:
    """The leader with type, charset and cataloguing form as MARC 21 writes them."""
    form = "i" if leader[18] == " " else " "
    kind = codes("record_types").get(leader[6], leader[6])
    return f"{leader[:6]}{kind}{leader[7]} a22{leader[12:17]}{leader[17]}{form} 4500"


def leader_to_cnmarc(leader: str) -> str:
    """The leader with type and cataloguing form as CNMARC writes them; charset stays blank."""
    form = " " if leader[18] in "ai" else "n"
    kind = codes_back("record_types").get(leader[6], leader[6])
    return f"{leader[:6]}{kind}{leader[7]}  22{leader[12:17]}{leader[17]}{form} 450 "


def leader_losses(source: str, back: str) -> Iterator[str]:
    """The positions with a meaning in both formats that do not come back: ``LDR/08``."""
    for place in (5, 6, 7, 8, 17, 18):
        if source[place] != back[place]:
            yield f"LDR/{place:02d}"
