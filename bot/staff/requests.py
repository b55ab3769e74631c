"""Read and check what a member's browser sends: the way it comes, its origin, forms, cookies."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from sanic import Request
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.response import HTTPResponse

from bot.channels.web_requests import receive_body

SESSION, FORM = "atlas_staff", "atlas_staff_form"

_MOST_BYTES, _MOST_FIELDS = 4096, 10
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Refusal(SanicException):
    """A request that is refused, told as a page.

    Args:
        status: The HTTP status.
        headline: What happened.
        advice: What to do.
        headers: Further response headers.
    """

    def __init__(
        self, status: int, headline: str, advice: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(headline, status_code=status, quiet=True)
        self.headline = headline
        self.advice = advice
        self.headers = headers or {}


def check_way(request: Request) -> None:
    """Refuse a password or a patient's name that would travel readable for others.

    Raises:
        Refusal: It came without TLS, and not from this machine.
    """
    if _is_safe(request) or _host_name(request) in _THIS_MACHINE:
        return
    raise Refusal(
        403,
        "These pages need https",
        "Open the address with https:// in front. Where a proxy does TLS already, its number has "
        "to be told to Atlas (SANIC_PROXIES_COUNT) and it has to send X-Forwarded-Proto.",
    )


def check_origin(request: Request) -> None:
    """Refuse a form that another site sends, or of which nobody knows who does.

    Raises:
        Refusal: It does not come from these pages.
    """
    scheme, port = ("https", ":443") if _is_safe(request) else ("http", ":80")
    # Some proxies name the port that browsers leave out.
    own = f"{scheme}://{request.host.lower().removesuffix(port)}"
    site = request.headers.get("sec-fetch-site", "same-origin")
    if request.headers.get("origin", "").lower() != own or site != "same-origin":
        raise Refusal(
            403,
            "This form came from elsewhere",
            "Nothing was changed. Open the staff pages anew and try again.",
        )


async def read_form(request: Request) -> dict[str, str]:
    """Receive a form in a streaming handler; of a field that comes twice the first one counts.

    Raises:
        Refusal: It is none, or too large.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        body = await receive_body(request, _MOST_BYTES)
        if content_type != "application/x-www-form-urlencoded":
            raise ValueError("no form")
        fields = parse_qs(
            body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
        if any("\0" in value for values in fields.values() for value in values):
            raise ValueError("PostgreSQL knows no such character")
    except PayloadTooLarge as error:
        raise Refusal(413, "That was too much", "Please write less and try again.") from error
    except ValueError as error:
        raise Refusal(400, "This form cannot be read", "Please go back and try again.") from error
    return {name: values[0] for name, values in fields.items()}


def cookie(request: Request, name: str) -> str:
    """Return the secret in a cookie; "" where there is none that could be one."""
    value = request.cookies.get(_full_name(request, name), "")
    return value if _SECRET.fullmatch(value) else ""


def set_cookie(request: Request, reply: HTTPResponse, name: str, secret: str) -> None:
    """Give a browser a secret that only these pages' requests carry; "" takes it away.

    It ends with the browser; the server ends it earlier.
    """
    full = _full_name(request, name)
    reply.cookies[full] = secret
    made = reply.cookies[full]
    # "/" is Sanic's default and what the prefix __Host- demands.
    made["httponly"] = True
    made["samesite"] = "Strict"
    made["secure"] = _is_safe(request)
    if not secret:
        made["max-age"] = 0


def _full_name(request: Request, name: str) -> str:
    # A cookie of this prefix can be set by no other site of the domain, and without TLS by nobody.
    return f"__Host-{name}" if _is_safe(request) else name


def _is_safe(request: Request) -> bool:
    # Sanic reads X-Forwarded-Proto where it was told how many proxies there are.
    return bool(request.scheme == "https")


def _host_name(request: Request) -> str:
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:  # such as "[::1"
        return ""
