"""Pages of readers, as a browser without scripts has them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from yarl import URL

from hub.web.pages.rendering import environment
from hub.web.pages.searching import page_of
from hub.web.pages.signing_in import own_path
from hub.web.pages.static_files import static_files, static_url


def test_every_template_can_be_read() -> None:
    made = environment()
    for name in made.list_templates(filter_func=lambda name: name.endswith(".html")):
        made.get_template(name)


@pytest.mark.parametrize(
    "path", ["//elsewhere.example", "/\\elsewhere.example", "https://x.example", "x", ""]
)
def test_signing_in_leads_nowhere_else(path: str) -> None:
    assert own_path(path) == ""


@pytest.mark.parametrize(
    ("text", "page"), [("", 1), ("0", 1), ("-3", 1), ("2", 2), ("٣", 1), ("9" * 30, 500), ("1e3", 1)]
)
def test_a_page_that_cannot_be_is_the_first_or_the_last(text: str, page: int) -> None:
    assert page_of(text) == page


async def test_static_files_may_be_kept_for_ever(web: Any) -> None:
    async with web() as site:
        for name in static_files():
            answer = await site.client.get(static_url(name))
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
        assert (await site.client.get("/static/x/../app.py")).status == 404
        assert (await site.client.get("/static/x/no.css")).status == 404


async def test_what_catalogues_say_is_text_and_never_markup(web: Any) -> None:
    async with web() as site:
        for path in ("/search?q=围城", "/editions/E-TWO"):
            shown = await site.page(path)
            assert "围城 &lt;b&gt;&amp;" in shown
            assert "<b>&" not in shown
        assert "&lt;script&gt;" in await site.page("/search?q=<script>")


async def test_filters_are_links_that_put_on_and_take_off(web: Any) -> None:
    async with web() as site:
        shown = await site.page("/search?library=XWT&page=3")
        assert 'aria-current="true"' in shown
        assert 'class="chip" href="/search"' in shown
        assert "page=3" not in re.findall(r'class="facet">.*?</ul>', shown, re.S)[0]


async def test_a_page_for_readers_asks_to_sign_in_and_comes_back(web: Any) -> None:
    async with web() as site:
        asked = await site.client.get("/editions/E-ONE/request?pickup=XWT", allow_redirects=False)
        assert asked.status == 303
        sent = URL(asked.headers["Location"])
        assert (sent.path, sent.query["next"]) == ("/sign-in", "/editions/E-ONE/request?pickup=XWT")


async def test_a_wrong_password_shows_the_form_again_with_the_reason(web: Any) -> None:
    async with web() as site:
        answer = await site.client.post("/sign-in", data={"login": "li", "password": "wrong"})
        shown = await answer.text()
        assert answer.status == 403
        assert 'role="alert"' in shown
        assert 'value="li"' in shown
        assert "wrong" not in re.sub(r"password is wrong", "", shown)


async def test_a_request_is_placed_once_and_can_be_given_up(web: Any) -> None:
    async with web() as site:
        await site.sign_in("li")
        form = {"key": "k1", "pickup": "XWT"}
        first = await site.client.post("/editions/E-ONE/request", data=form)
        again = await site.client.post("/editions/E-ONE/request", data=form)
        assert first.url == again.url
        other = await site.client.post("/editions/E-ONE/request", data=form | {"key": "k2"})
        assert other.status == 409
        assert "already" in await other.text()
        given_up = await site.client.post(f"{first.url.path}/cancel", data={"key": "k3"})
        assert "The request was cancelled" in await given_up.text()


async def test_a_wrong_wish_shows_the_form_again_at_its_field(web: Any) -> None:
    async with web() as site:
        await site.sign_in("li")
        shown = await site.send("/suggestions", title="书", isbn="978-7-02-000220-1", key="k")
        assert 'aria-invalid="true"' in shown
        assert 'value="978-7-02-000220-1"' in shown


async def test_the_language_is_remembered(web: Any) -> None:
    async with web() as site:
        assert '<html lang="en">' in await site.page("/")
        assert '<html lang="zh-Hans">' in await site.page("/language/zh?next=/")
        assert '<html lang="zh-Hans">' in await site.page("/libraries")
        assert (await site.client.get("/language/fr")).status == 404


async def test_libraries_are_sorted_from_a_chosen_place_and_filtered(web: Any) -> None:
    async with web() as site:
        shown = await site.page("/libraries?near=PKT&service=self-service")
        places = re.findall(r'class="entry-title" href="/libraries/([^"]+)"', shown)
        assert places
        nodes = site.hub.network().nodes
        assert all(nodes[code].level == "kiosk" for code in places)
        assert places == sorted(places, key=lambda code: nodes.kilometres("PKT", code))
        assert (await site.client.get("/libraries/NOWHERE")).status == 404
