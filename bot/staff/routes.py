"""Put the staff pages on the server, at /staff; docs/staff.md is for who uses them.

Without any member they answer as an address that does not exist.
"""

from __future__ import annotations

import logging

from sanic import Blueprint, Request, Sanic, response
from sanic.response import HTTPResponse

from bot.staff.desk_pages import CALL_BACKS, DeskPages
from bot.staff.door import LOG_IN, Door
from bot.staff.pages import Pages
from bot.staff.requests import Refusal
from bot.staff.view import FIRST_PAGE
from clinic.privacy.master_key import KeyProblem
from clinic.privacy.provider import get_stores
from clinic.scheduling.desk import Desk
from clinic.scheduling.port import SchedulerUnavailable
from clinic.settings import Settings
from clinic.staff.entrance import Entrance

logger = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not no-referrer: browsers would then send forms with the origin "null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


def add_staff_pages(app: Sanic, settings: Settings) -> None:
    """Add the routes to a server.

    Args:
        app: Rasa's server.
        settings: The clinic, and where the databases are.
    """
    pages = Pages(settings.clinic)
    door = Door(Entrance(get_stores().calendar), pages)
    desk = DeskPages(settings.clinic, Desk(settings), pages)
    visit = f"{FIRST_PAGE}/<reference:str>"

    async def style(request: Request) -> HTTPResponse:
        await door.check_open(request)
        return response.text(pages.style, content_type="text/css; charset=utf-8")

    async def first(request: Request) -> HTTPResponse:
        await door.check_open(request)
        return response.redirect(FIRST_PAGE, status=303)

    async def show_log_in(request: Request) -> HTTPResponse:
        return await door.show(request)

    async def log_in(request: Request) -> HTTPResponse:
        return await door.log_in(request)

    blueprint = Blueprint("atlas_staff")
    for name, path, read in (
        ("style", "/staff/style.css", style),
        ("first", "/staff", first),
        ("log_in_form", LOG_IN, show_log_in),
        ("appointments", FIRST_PAGE, door.behind(desk.appointments)),
        ("ask_cancel", f"{visit}/cancel", door.behind(desk.ask_cancel)),
        ("call_backs", CALL_BACKS, door.behind(desk.call_backs)),
        ("password", "/staff/password", door.behind(door.show_password)),
    ):
        blueprint.add_route(read, path, name=name)
    for name, path, write in (
        ("log_in", LOG_IN, log_in),
        ("log_out", "/staff/logout", door.behind(door.log_out)),
        ("change_password", "/staff/password", door.behind(door.change_password)),
        ("cancel", f"{visit}/cancel", door.behind(desk.cancel)),
        ("status", f"{visit}/status", door.behind(desk.set_status)),
        ("called", f"{CALL_BACKS}/<number:int>/done", door.behind(desk.called)),
    ):
        # stream: Sanic calls it before it reads the body, so that it can set its own limit.
        blueprint.add_route(write, path, methods=["POST"], name=name, stream=True)

    async def refuse(request: Request, error: Refusal) -> HTTPResponse:
        page = pages.message(error.headline, error.advice)
        return response.html(page, status=error.status_code, headers=error.headers)

    async def refuse_without_database(request: Request, error: Exception) -> HTTPResponse:
        logger.error("The staff pages have no database: %s", error)
        page = pages.message(
            "The calendar cannot be reached just now", "Nothing was changed. Please try again soon."
        )
        return response.html(page, status=503, headers={"Retry-After": "5"})

    blueprint.exception(Refusal)(refuse)
    blueprint.exception(SchedulerUnavailable, KeyProblem)(refuse_without_database)
    blueprint.middleware(_add_headers, "response")
    app.blueprint(blueprint)


async def _add_headers(request: Request, reply: HTTPResponse) -> None:
    reply.headers.update(_HEADERS)
