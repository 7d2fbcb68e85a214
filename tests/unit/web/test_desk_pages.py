"""The desk as plain forms: a scan acts, is answered large, and stands on the list of the day."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.web.pages.desk.scanning import card_of, code_of
from hub.web.pages.desk.totes import role_of


@pytest.mark.parametrize(
    ("scanned", "code"),
    [
        ("ｓａｍｅ０００１", "SAME0001"),
        ("ab—1", "AB-1"),
        (" xwt1\x1d ", "XWT1"),
        ("", ""),
        ("x" * 200, "X" * 80),
    ],
)
def test_a_code_is_cleaned_of_what_scanners_and_input_methods_add(scanned: str, code: str) -> None:
    assert code_of({"barcode": scanned}) == code


def test_a_card_keeps_its_case() -> None:
    assert card_of({"card": " Ｃard-7\n"}) == "Card-7"


@pytest.mark.parametrize(
    ("state", "node", "role"),
    [
        ("open", "JLT", "pack"), ("sealed", "JLT", "unseal"), ("loaded", "JLT", "look"),
        ("loaded", "XWT", "receive"), ("unloaded", "XWT", "receive"), ("opened", "XWT", "unpack"),
        ("reconciled", "XWT", "look"), ("open", "XWT", "look"), ("opened", "QHT", "look"),
    ],
)  # fmt: skip
def test_what_can_be_done_with_a_tote_depends_on_where_it_is(state: str, node: str, role: str) -> None:
    assert role_of({"state": state, "origin": "JLT", "destination": "XWT"}, node) == role


async def test_the_page_names_the_node_and_refuses_other_desks(web: Any) -> None:
    async with web() as site:
        await site.sign_in("staff-xwt")
        assert (
            "Xuanwu District Library"
            in re.findall(r'class="desk-name">.*?</p>', await site.page("/staff"), re.S)[0]
        )
        assert "does not work" in await site.page("/staff/JLT", 403)
        await site.page("/staff/NOWHERE", 404)


async def test_a_barcode_of_two_libraries_is_asked_about_and_never_guessed(web: Any) -> None:
    async with web() as site:
        await site.sign_in("staff-xwt")
        shown = await site.send("/staff/XWT/returns", barcode="same0001", key="k")
        assert "Several libraries have this barcode" in shown
        choices = re.findall(r'name="owner" value="(\w+)"', shown)
        assert sorted(choices) == ["JLT", "XWT"]
        chosen = await site.send("/staff/XWT/returns", barcode="SAME0001", owner="JLT", key="k-1")
        assert "→ Jinling Library" in chosen
        assert "围城" in chosen


async def test_scans_stay_on_the_list_of_the_day_with_their_verdicts(web: Any) -> None:
    async with web() as site:
        await site.sign_in("staff-xwt")
        await site.send("/staff/XWT/returns", barcode="XWT00001", key="k1")
        await site.send("/staff/XWT/returns", barcode="NOTHING1", key="k2")
        await site.send("/staff/XWT/returns", barcode="NOTHING1", key="k2")  # sent twice by a double click
        shown = await site.page("/staff/XWT/returns")
        assert "2 scanned, 1 refused" in shown
        assert "data-verdict" not in shown
        assert 'data-verdict="stop"' in await site.page("/staff/XWT/returns?scanned=1")
        assert "Nothing scanned yet today" in await site.page("/staff/XWT/loans")


async def test_lending_asks_for_card_and_volume_and_tells_no_list_the_card(web: Any) -> None:
    async with web() as site:
        await site.sign_in("staff-xwt")
        asked = await site.send("/staff/XWT/loans", card="CARD0001", barcode="SAME0001", key="k1")
        assert 'name="card" value="CARD0001"' in asked
        lent = await site.send("/staff/XWT/loans", card="CARD0001", barcode="SAME0001", owner="XWT", key="k2")
        assert "Lent until" in lent
        assert "CARD0001" not in lent
        refused = await site.send("/staff/XWT/loans", card="NOBODY", barcode="XWT00001", key="k3")
        assert 'data-verdict="stop"' in refused


async def test_a_lender_answers_picks_and_hands_over_at_its_own_desk(web: Any) -> None:
    async with web() as site:
        await site.sign_in("li")
        await site.send("/editions/E-ONE/request", pickup="XWT", key="k")
        await site.sign_in("staff-xwt")
        shown = await site.page("/staff/XWT/answer")
        supply = re.findall(r'name="supply" value="([^"]+)"', shown)[0]
        barcode = re.findall(r'data-label="Barcode">(\w+)<', shown)[0]
        assert "It is on the pick list now" in await site.send(
            "/staff/XWT/answer", supply=supply, answer="will_supply", key="a"
        )
        assert "Hold shelf" in await site.send("/staff/XWT/pick", barcode=barcode, owner="XWT", key="p")
        wrong = await site.send("/staff/XWT/holds", card="NOBODY", barcode=barcode, key="h")
        assert "This card is not" in wrong
        assert "Lent until" in await site.send("/staff/XWT/holds", card="CARD0001", barcode=barcode, key="h2")


async def test_a_session_that_is_over_is_told_so_that_scans_can_wait(web: Any) -> None:
    async with web() as site:
        answer = await site.client.post("/staff/XWT/returns", data={"barcode": "XWT00001", "key": "k"})
        assert answer.status == 401


async def test_coordinators_choose_a_desk_and_see_every_section(web: Any) -> None:
    async with web() as site:
        await site.sign_in("coordinator")
        assert "Choose a desk" in await site.page("/staff")
        assert "Jinling Library" in await site.page("/staff?node=JLT")
        for section in ("", "/transport", "/duplicates", "/harvests", "/cases", "/suggestions"):
            await site.page(f"/coordinator{section}")


async def test_a_driver_goes_from_stop_to_stop(web: Any) -> None:
    async with web() as site:
        await site.sign_in("driver")
        trip = re.findall(r'href="(/driver/trips/[^"]+)"', await site.page("/driver"))[0]
        assert "Start at" in await site.page(trip)
        assert "Arrive at" in await site.send(trip, action="arrive", stop="0", key="k")
        assert "no tote NO-SUCH" in await site.send(trip, tote="no-such", key="k2")
