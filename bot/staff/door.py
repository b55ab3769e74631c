"""Log members in and out, and let nobody else to the pages behind."""

from __future__ import annotations

import asyncio
import hmac
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sanic import Request, response
from sanic.exceptions import NotFound
from sanic.response import HTTPResponse

from bot.channels.web_requests import address
from bot.staff.pages import Frame, Pages
from bot.staff.requests import (
    FORM,
    SESSION,
    Refusal,
    check_origin,
    check_way,
    cookie,
    read_form,
    set_cookie,
)
from bot.staff.view import FIRST_PAGE
from clinic import clock
from clinic.staff.entrance import (
    SESSION_IDLE,
    SESSION_LIFE,
    Barred,
    Entrance,
    LoggedIn,
    new_secret,
)
from clinic.staff.members import Member
from clinic.staff.passwords import UnfitPassword

LOG_IN = "/staff/login"
# Hashing a password takes memory and a core: one at a time, and no endless queue for it.
_MOST_WAITING = 16

_NEWS = {
    "out": "You are logged out.",
    "over": (
        f"You were logged out: that happens after {SESSION_IDLE.seconds // 60} minutes without use "
        f"and after {SESSION_LIFE.seconds // 3600} hours. Please log in again."
    ),
}


@dataclass(frozen=True)
class Visitor:
    """Who asks for a page.

    Args:
        member: Who is logged in.
        token: What forms have to bring along that are written for them.
        form: The fields that they sent, checked to come from such a form.
    """

    member: Member
    token: str
    form: dict[str, str] = field(default_factory=dict)


Outcome = LoggedIn | Barred | None
Handler = Callable[..., Awaitable[HTTPResponse]]


class Door:
    """Logs in and out.

    Args:
        entrance: Knows who may come in.
        pages: Writes the log-in.
    """

    def __init__(self, entrance: Entrance, pages: Pages) -> None:
        self._entrance = entrance
        self._pages = pages
        self._weighing = asyncio.Semaphore(1)
        self._waiting = 0

    async def check_open(self, request: Request) -> None:
        """Check that there is a member.

        Args:
            request: What is asked for.

        Raises:
            NotFound: There is none, so that there are no pages.
        """
        if not await asyncio.to_thread(self._entrance.is_open):
            raise NotFound(f"Requested URL {request.path} not found")  # Sanic's own words

    async def show(self, request: Request) -> HTTPResponse:
        """Show the log-in.

        Raises:
            Refusal: The way here is not safe.
            NotFound: The pages are off.
        """
        await self.check_open(request)
        check_way(request)
        if await self._member(request) is not None:
            return response.redirect(FIRST_PAGE, status=303)
        return await self._form(request, news=_NEWS.get(request.args.get("news", ""), ""))

    async def log_in(self, request: Request) -> HTTPResponse:
        """Try what was typed.

        Raises:
            Refusal: The way here is not safe, or the form is not from here.
            NotFound: The pages are off.
        """
        await self.check_open(request)
        check_way(request)
        form = await read_form(request)
        check_origin(request)
        name, password = form.get("name", ""), form.get("password", "")
        secret = cookie(request, FORM)
        if not secret or not await self._is_ours(form, secret, "log-in"):
            problem = "This form was too old, or your browser keeps no cookies. Please try again."
            return await self._form(request, 403, name=name, problem=problem)
        if not name.strip() or not password:
            problem = "Please type your name and your password."
            return await self._form(request, 400, name=name, problem=problem)
        outcome = await self._weigh(self._entrance.log_in, name, password, address(request))
        if isinstance(outcome, Barred):
            problem, headers = _wait(outcome)
            reply = await self._form(request, 429, name=name, problem=problem)
            reply.headers.update(headers)
            return reply
        if outcome is None:
            problem = "The name or the password is not right."
            return await self._form(request, 403, name=name, problem=problem)
        if before := cookie(request, SESSION):
            await asyncio.to_thread(self._entrance.log_out, before)
        reply = response.redirect(FIRST_PAGE, status=303)
        # Never the secret that the browser came with: somebody else might know it.
        set_cookie(request, reply, SESSION, outcome.secret)
        set_cookie(request, reply, FORM, "")
        return reply

    async def log_out(self, request: Request, visitor: Visitor) -> HTTPResponse:
        """End the session."""
        await asyncio.to_thread(self._entrance.log_out, cookie(request, SESSION))
        return _to_log_in(request, "out")

    async def show_password(self, request: Request, visitor: Visitor) -> HTTPResponse:
        """Show the form for another password."""
        changed = request.args.get("news") == "changed"
        return response.html(self._pages.password(_frame(visitor), changed=changed))

    async def change_password(self, request: Request, visitor: Visitor) -> HTTPResponse:
        """Give the member another password."""
        form, frame = visitor.form, _frame(visitor)
        old, new = form.get("password", ""), form.get("new", "")
        if new != form.get("again", ""):
            problem = "The two new passwords are not the same."
            return response.html(self._pages.password(frame, problem), status=400)
        change = partial(self._entrance.change_password, visitor.member)
        try:
            outcome = await self._weigh(change, old, new, address(request))
        except UnfitPassword as error:
            return response.html(self._pages.password(frame, f"No: {error}."), status=400)
        if isinstance(outcome, Barred):
            problem, headers = _wait(outcome)
            page = self._pages.password(frame, problem)
            return response.html(page, status=429, headers=headers)
        if outcome is None:
            page = self._pages.password(frame, "Your present password is not right.")
            return response.html(page, status=403)
        reply = response.redirect("/staff/password?news=changed", status=303)
        set_cookie(request, reply, SESSION, outcome.secret)
        return reply

    def behind(self, handler: Handler) -> Handler:
        """Return a handler for members only; one that changes something wants a form of ours."""

        async def handle(request: Request, **parts: Any) -> HTTPResponse:
            check_way(request)
            form: dict[str, str] = {}
            if request.method == "POST":
                form = await read_form(request)
                check_origin(request)
            member = await self._member(request)
            if member is None:
                await self.check_open(request)
                return _to_log_in(request, "over" if cookie(request, SESSION) else "")
            secret = cookie(request, SESSION)
            if request.method == "POST" and not await self._is_ours(form, secret, "page"):
                raise Refusal(
                    403, "This form is not yours", "Nothing was changed. Please try it again."
                )
            token = await asyncio.to_thread(self._entrance.form_token, secret, "page")
            return await handler(request, Visitor(member, token, form), **parts)

        return handle

    async def _member(self, request: Request) -> Member | None:
        secret = cookie(request, SESSION)
        return await asyncio.to_thread(self._entrance.whose, secret) if secret else None

    async def _is_ours(self, form: dict[str, str], secret: str, purpose: str) -> bool:
        wanted = await asyncio.to_thread(self._entrance.form_token, secret, purpose)
        return hmac.compare_digest(form.get("token", "").encode(), wanted.encode())

    async def _weigh(
        self, weigh: Callable[[str, str, str], Outcome], *typed: str
    ) -> LoggedIn | Barred | None:
        """Let a password be tried, one after another."""
        if self._waiting >= _MOST_WAITING:
            raise Refusal(
                503, "Too many log-ins at once", "Please try again soon.", {"Retry-After": "10"}
            )
        self._waiting += 1
        try:
            async with self._weighing:
                return await asyncio.to_thread(weigh, *typed)
        finally:
            self._waiting -= 1

    async def _form(self, request: Request, status: int = 200, **said: str) -> HTTPResponse:
        secret = cookie(request, FORM) or new_secret()
        token = await asyncio.to_thread(self._entrance.form_token, secret, "log-in")
        page = await asyncio.to_thread(partial(self._pages.log_in, token, **said))
        reply = response.html(page, status=status)
        set_cookie(request, reply, FORM, secret)
        return reply


def _frame(visitor: Visitor) -> Frame:
    return Frame(visitor.member.name, visitor.token, "password", 0)


def _wait(barred: Barred) -> tuple[str, dict[str, str]]:
    """Return what to say to somebody who has to wait, and the header for it."""
    wait = max(1, math.ceil((barred.until - clock.now()).total_seconds() / 60))
    minutes = "a minute" if wait == 1 else f"{wait} minutes"
    words = f"Too many wrong passwords. Please wait {minutes} and try again."
    return words, {"Retry-After": str(60 * wait)}


def _to_log_in(request: Request, news: str) -> HTTPResponse:
    reply = response.redirect(LOG_IN + (f"?news={news}" if news else ""), status=303)
    if cookie(request, SESSION):
        set_cookie(request, reply, SESSION, "")
    return reply
