"""Serve the chat page, its two assets and the drawings of the knowledge base."""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path
from string import Template

from sanic import Request, response
from sanic.response import HTTPResponse

from bot.channels.web_requests import ChatError
from clinic.settings import ClinicSettings

_ASSET_TYPES = {
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
}


_PICTURES = Path(__file__).resolve().parents[2] / "data" / "knowledge" / "pictures"


class ChatSite:
    """Serves the page, its two assets and the drawings, read once at start.

    Args:
        clinic: The facts that the page shows.
        folder: Where chat.html, chat.css and chat.js are.
        pictures: Where the drawings are.
    """

    def __init__(self, clinic: ClinicSettings, folder: Path, pictures: Path = _PICTURES) -> None:
        page = render_page(folder / "chat.html", clinic).encode()
        self._page = _StaticFile(page, "text/html; charset=utf-8")
        self._assets = {
            name: _StaticFile((folder / name).read_bytes(), content_type)
            for name, content_type in _ASSET_TYPES.items()
        }

        self._pictures = {
            file.name: _StaticFile(file.read_bytes(), "image/svg+xml")
            for file in sorted(pictures.glob("*.svg"))
        }

    async def page(self, request: Request) -> HTTPResponse:
        """Serve the page."""
        return self._page.serve(request)

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


def render_page(template: Path, clinic: ClinicSettings) -> str:
    """Fill the clinic's facts into the page.

    Args:
        template: The HTML file with `$name` places.
        clinic: The clinic's settings.

    Returns:
        The page, with every fact escaped. What the clinic left empty is hidden.
    """
    numbers = {
        "emergency": clinic.emergency_number,
        "phone": clinic.phone,
        "crisis": clinic.crisis_line,
    }
    places = {"clinic_name": html.escape(clinic.name), "demo_hidden": _hidden_unless(clinic.demo)}
    for name, number in numbers.items():
        places[name] = html.escape(number)
        places[f"{name}_link"] = "tel:" + re.sub(r"[^\d+*#]", "", number)
        places[f"{name}_hidden"] = _hidden_unless(bool(number))
    return Template(template.read_text(encoding="utf-8")).substitute(places)


def _hidden_unless(known: bool) -> str:
    return "" if known else "hidden"


class _StaticFile:
    """Fixed bytes, which a browser that has them already need not load again."""

    def __init__(self, content: bytes, content_type: str) -> None:
        self._content = content
        self._content_type = content_type
        self._etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'

    def serve(self, request: Request) -> HTTPResponse:
        headers = {"ETag": self._etag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == self._etag:
            return response.empty(status=304, headers=headers)
        return response.raw(self._content, content_type=self._content_type, headers=headers)
