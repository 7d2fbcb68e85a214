"""The OpenAPI document, made from the table of operations."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from hub.services.operations import Operation
from hub.web.keys import OPERATIONS

PROBLEM = {
    "description": "what was wrong, in which field, and what to do (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def document(operations: dict[str, Operation], version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 description of these operations."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for operation in operations.values():
        # Two inputs may use one name for different things, so each operation's parts carry its own name.
        schema = operation.input.model_json_schema(
            ref_template=f"#/components/schemas/{operation.name}.{{model}}"
        )
        parts = schema.pop("$defs", {})
        schemas |= {f"{operation.name}.{name}": part for name, part in parts.items()}
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tongjie 通借", "version": version},
        "paths": paths,
        "components": {
            "schemas": {
                "Problem": {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in ("type", "title", "code", "field")}
                    | {
                        "status": {"type": "integer"},
                        "errors": {"type": "array", "items": {"type": "object"}},
                    },
                    "required": ["type", "title", "status", "code"],
                },
                **schemas,
            },
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(operation: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    in_path = re.findall(r"{(\w+)}", operation.path)
    properties = schema.get("properties", {})
    required = set(schema.get("required", ()))
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": properties.get(name, {"type": "string"})}
            for name in in_path
        ],
        "responses": {"200": {"description": "done"}, "4XX": PROBLEM, "5XX": PROBLEM},
        "x-roles": sorted(operation.roles),
    }
    rest = {name: value for name, value in properties.items() if name not in in_path}
    if operation.method == "GET":
        described["parameters"] += [
            {"name": name, "in": "query", "required": name in required, "schema": value}
            for name, value in rest.items()
        ]
    else:
        described["parameters"].append(
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
        )
        body = {"type": "object", "properties": rest, "required": sorted(required - set(in_path))}
        described["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return described


async def handle(request: web.Request) -> web.StreamResponse:
    """GET /api/openapi.json."""
    return web.json_response(document(request.app[OPERATIONS], "0.1.0"))
