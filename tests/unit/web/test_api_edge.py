"""The edge of the API: what is wrong is named with its remedy, in the caller's language."""

from __future__ import annotations

import io
from typing import Any

import pytest

from hub.services.api import operations
from hub.web.openapi import document
from hub.web.settings import WebSettings


async def problem(answer: Any) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = await answer.json()
    assert body["status"] == answer.status
    return body


async def test_a_body_that_is_no_json_is_said_in_both_languages(web: Any) -> None:
    async with web() as site:
        for language, words in (("zh", "不是有效的 JSON"), ("en", "not valid JSON")):
            answer = await site.client.post(f"/api/v1/sessions?lang={language}", data=b'{"login": ')
            said = await problem(answer)
            assert (answer.status, said["field"]) == (400, "body")
            assert words in said["title"]


async def test_a_body_that_is_no_object_is_refused(web: Any) -> None:
    async with web() as site:
        answer = await site.client.post("/api/v1/sessions", json=[1, 2])
        assert (await problem(answer))["code"] == "web.not_an_object"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/editions?limit=many", "limit"),
        ("/api/v1/editions?limit=101", "limit"),
        ("/api/v1/editions?colour=red", "colour"),
        ("/api/v1/editions?sort=sideways", "sort"),
        ("/api/v1/editions?library=NOWHERE", "library"),
    ],
)
async def test_a_wrong_parameter_is_named_with_what_would_do(web: Any, path: str, field: str) -> None:
    async with web() as site:
        for language in ("zh", "en"):
            said = await problem(await site.client.get(f"{path}&lang={language}"))
            assert said["field"] == field
            assert said["title"]
            assert "{" not in said["title"]


async def test_too_large_a_body_is_refused_with_the_limit(web: Any) -> None:
    async with web() as site:
        answer = await site.client.post("/api/v1/sessions", data=io.BytesIO(b"x" * (1024 * 1024 + 1)))
        assert answer.status == 413
        assert "1048576" in (await problem(answer))["title"]


async def test_a_wrong_method_names_the_right_ones(web: Any) -> None:
    async with web() as site:
        answer = await site.client.put("/api/v1/editions")
        assert answer.status == 405
        assert "GET" in (await problem(answer))["title"]


async def test_an_unknown_address_is_a_problem_of_the_api_and_a_page_elsewhere(web: Any) -> None:
    async with web() as site:
        assert (await problem(await site.client.get("/api/v1/nothing")))["code"] == "web.no_page"
        assert "<h1>" in await site.page("/nothing", 404)


async def test_a_form_of_another_site_is_refused(web: Any) -> None:
    async with web() as site:
        await site.sign_in("li")
        for origin in ("https://elsewhere.example", "null"):
            answer = await site.client.post("/sign-out", headers={"Origin": origin})
            assert answer.status == 403
        own = str(site.client.make_url("/")).rstrip("/")
        assert (await site.client.post("/sign-out", headers={"Origin": own})).status == 200


async def test_names_that_are_not_ours_are_refused_where_they_are_listed(web: Any) -> None:
    async with web(WebSettings(language="en", allowed_hosts=frozenset({"catalogue.example"}))) as site:
        assert (await site.client.get("/healthz")).status == 400
        ours = {"Host": "catalogue.example"}
        assert (await site.client.get("/healthz", headers=ours)).status == 200


async def test_each_role_may_do_its_own(web: Any) -> None:
    async with web() as site:
        assert (await site.client.get("/api/v1/desk/today")).status == 401
        await site.sign_in("li")
        refused = await site.client.get("/api/v1/desk/today")
        assert refused.status == 403
        assert "staff" in (await problem(refused))["title"]


async def test_a_session_lives_until_it_is_ended(web: Any) -> None:
    async with web() as site:
        who = {"login": "li", "password": "long enough for a test"}
        opened = await (await site.client.post("/api/v1/sessions", json=who)).json()
        site.client.session.cookie_jar.clear()
        bearer = {"Authorization": f"Bearer {opened['token']}"}
        assert (await site.client.get("/api/v1/loans", headers=bearer)).status == 200
        assert (await site.client.delete("/api/v1/sessions", headers=bearer)).status == 200
        assert (await site.client.get("/api/v1/loans", headers=bearer)).status == 401


async def test_a_repeated_key_does_one_thing(web: Any) -> None:
    async with web() as site:
        await site.sign_in("li")
        key = {"Idempotency-Key": "once"}
        wish = {"title": "无人收藏"}
        first = await site.client.post("/api/v1/suggestions", json=wish, headers=key)
        again = await site.client.post("/api/v1/suggestions", json=wish, headers=key)
        assert await first.json() == await again.json()
        assert again.headers["Idempotency-Replayed"] == "true"
        other = await site.client.post("/api/v1/suggestions", json={"title": "另一本"}, headers=key)
        assert other.status == 409


async def test_answers_load_nothing_from_elsewhere_and_are_compressed(web: Any) -> None:
    async with web() as site:
        plain = await site.client.get("/", headers={"Accept-Encoding": "identity"})
        answer = await site.client.get("/", headers={"Accept-Encoding": "gzip"})
        assert len(await answer.text()) == len(await plain.text())
        assert "Content-Length" not in answer.headers or (
            int(answer.headers["Content-Length"]) < int(plain.headers["Content-Length"])
        )
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_description_covers_every_operation(web: Any) -> None:
    async with web() as site:
        said = await (await site.client.get("/api/openapi.json")).json()
    described = {
        (method.upper(), path): entry
        for path, methods in said["paths"].items()
        for method, entry in methods.items()
    }
    table = operations()
    assert {entry["operationId"] for entry in described.values()} == set(table)
    for operation in table.values():
        entry = described[operation.method, operation.path]
        named = {parameter["name"] for parameter in entry["parameters"]}
        assert all(f"{{{name}}}" in operation.path for name in named if _in_path(entry, name))
        assert {"200", "4XX", "5XX"} <= set(entry["responses"])


def _in_path(entry: dict[str, Any], name: str) -> bool:
    return any(one["name"] == name and one["in"] == "path" for one in entry["parameters"])


def test_every_reference_of_the_description_leads_somewhere() -> None:
    said = document(dict(operations()), "1")

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [one for part in value.values() for one in references(part)]
        return [one for part in value for one in references(part)] if isinstance(value, list) else []

    for reference in references(said):
        target: Any = said
        for part in reference.removeprefix("#/").split("/"):
            assert part in target, reference
            target = target[part]
