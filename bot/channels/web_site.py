"""Serve the chat page, the demo page, the element with its hash, and what it may know."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from string import Template
from typing import Any

from sanic import Request, response
from sanic.response import HTTPResponse

from bot.channels.web_requests import ChatError
from clinic.settings import ClinicSettings

ELEMENT = "atlas-chat.js"

_ASSET_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_DATA = Path(__file__).resolve().parents[2] / "data"
_PICTURES = _DATA / "knowledge" / "pictures"
_TRANSLATIONS = _DATA / "translations"
# Any site may load the element and the drawings: they are the same for everybody.
_PUBLIC = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class ChatSite:
    """Serves the pages, their assets and the drawings, read once at start.

    Args:
        clinic: The facts that the pages show.
        folder: The widget's folder, with the pages and the built element.
        pictures: Where the drawings are.
    """

    def __init__(self, clinic: ClinicSettings, folder: Path, pictures: Path = _PICTURES) -> None:
        element = (folder / "dist" / ELEMENT).read_bytes()
        pages = folder / "page"
        places = {"integrity": integrity(element)}
        self._pages = {
            name: _StaticFile(
                render_page(pages / f"{name}.html", clinic, **places).encode(),
                "text/html; charset=utf-8",
            )
            for name in ("chat", "demo")
        }
        self._assets = {
            file.name: _StaticFile(file.read_bytes(), _ASSET_TYPES[file.suffix])
            for file in sorted(pages.iterdir())
            if file.suffix in _ASSET_TYPES
        }
        self._assets[ELEMENT] = _StaticFile(element, _ASSET_TYPES[".js"], _PUBLIC)
        self._assets["manifest.webmanifest"] = _StaticFile(
            _json(manifest(clinic)), "application/manifest+json"
        )
        self._assets["config"] = _StaticFile(_json(public_facts(clinic)), "application/json")
        self._assets["integrity"] = _StaticFile(
            _json({"file": ELEMENT, **places}), "application/json", _PUBLIC
        )
        self._assets["openapi.json"] = _StaticFile(
            (Path(__file__).parent / "web_openapi.json").read_bytes(), "application/json"
        )
        self._pictures = {
            file.name: _StaticFile(file.read_bytes(), "image/svg+xml", _PUBLIC)
            for file in sorted(pictures.glob("*.svg"))
        }

    async def page(self, request: Request) -> HTTPResponse:
        """Serve the chat page."""
        return self._pages["chat"].serve(request)

    async def demo(self, request: Request) -> HTTPResponse:
        """Serve the page that shows the element on a clinic's site."""
        return self._pages["demo"].serve(request)

    async def asset(self, request: Request, name: str) -> HTTPResponse:
        """Serve one asset.

        Raises:
            ChatError: There is none of that name.
        """
        if name not in self._assets:
            raise ChatError(404, "not_found", "There is no such page.")
        return self._assets[name].serve(request)

    async def picture(self, request: Request, name: str) -> HTTPResponse:
        """Serve one drawing.

        Raises:
            ChatError: There is none of that name.
        """
        if name not in self._pictures:
            raise ChatError(404, "not_found", "There is no such picture.")
        return self._pictures[name].serve(request)


def integrity(content: bytes) -> str:
    """Return what a script tag's `integrity` says of a file."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def public_facts(clinic: ClinicSettings, translations: Path = _TRANSLATIONS) -> dict[str, Any]:
    """Return what the element may know of the clinic before anybody has said a word.

    Args:
        clinic: The clinic's settings.
        translations: The folder with one folder for each language besides English.
    """
    return {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "emergency": clinic.emergency_number,
        "crisis": clinic.crisis_line,
        "demo": clinic.demo,
        "retention_days": clinic.privacy.retention_days,
        "colour": clinic.chat.colour,
        "idle_minutes": clinic.chat.idle_minutes,
        "exit_page": clinic.chat.exit_page,
        "languages": ["en", *sorted(folder.name for folder in translations.glob("*/"))],
    }


def manifest(clinic: ClinicSettings) -> dict[str, Any]:
    """Return the web app manifest, with which a phone can keep the page like an app."""
    icons = [("icon.svg", "any", "image/svg+xml"), ("icon-192.png", "192x192", "image/png")]
    icons.append(("icon-512.png", "512x512", "image/png"))
    colour = clinic.chat.colour or "#0f4540"
    return {
        "name": f"Atlas, {clinic.name}",
        "short_name": "Atlas",
        "start_url": "/chat",
        "scope": "/chat",
        "display": "standalone",
        "background_color": "#f5f3ee",
        "theme_color": colour,
        "icons": [
            {"src": f"/chat/{name}", "sizes": sizes, "type": content_type}
            for name, sizes, content_type in icons
        ],
    }


def render_page(template: Path, clinic: ClinicSettings, **places: str) -> str:
    """Fill the clinic's facts into a page.

    Args:
        template: The HTML file with `$name` places.
        clinic: The clinic's settings.
        places: Further places, as they are.

    Returns:
        The page, with every fact escaped. What the clinic left empty is hidden.
    """
    numbers = {
        "emergency": clinic.emergency_number,
        "phone": clinic.phone,
        "crisis": clinic.crisis_line,
    }
    places |= {"clinic_name": html.escape(clinic.name), "demo_hidden": _hidden_unless(clinic.demo)}
    for name, number in numbers.items():
        places[name] = html.escape(number)
        places[f"{name}_link"] = "tel:" + re.sub(r"[^\d+*#]", "", number)
        places[f"{name}_hidden"] = _hidden_unless(bool(number))
    return Template(template.read_text(encoding="utf-8")).substitute(places)


def _hidden_unless(known: bool) -> str:
    return "" if known else "hidden"


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


class _StaticFile:
    """Fixed bytes, which a browser that has them already need not load again."""

    def __init__(
        self, content: bytes, content_type: str, headers: dict[str, str] | None = None
    ) -> None:
        self._content = content
        self._content_type = content_type
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        self._headers = {"ETag": etag, "Cache-Control": "no-cache", **(headers or {})}

    def serve(self, request: Request) -> HTTPResponse:
        if request.headers.get("if-none-match") == self._headers["ETag"]:
            return response.empty(status=304, headers=self._headers)
        return response.raw(self._content, content_type=self._content_type, headers=self._headers)
