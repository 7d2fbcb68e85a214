"""Typed keys of what the web application carries."""

from __future__ import annotations

from aiohttp import web

from hub.services.accounts import FailedAttempts
from hub.services.context import Hub, Principal
from hub.services.operations import Operation
from hub.web.settings import WebSettings

HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)
OPERATIONS: web.AppKey[dict[str, Operation]] = web.AppKey("operations", dict[str, Operation])
ATTEMPTS: web.AppKey[FailedAttempts] = web.AppKey("attempts", FailedAttempts)
SETTINGS: web.AppKey[WebSettings] = web.AppKey("settings", WebSettings)

PRINCIPAL: web.RequestKey[Principal] = web.RequestKey("principal", Principal)
LANGUAGE: web.RequestKey[str] = web.RequestKey("language", str)
