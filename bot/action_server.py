"""Run the actions in a process of their own, reachable for holders of a shared secret only.

`rasa run actions` listens to everybody on every address and answers a failure with the whole
conversation. This server listens on loopback unless told otherwise, wants the secret with every
call, and answers a failure with nothing.
"""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.endpoint import create_app
from sanic import Request, Sanic, response
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse

from actions.safe_action import log_failure
from clinic.privacy.redaction import redact_logs
from clinic.settings import Settings, SettingsError

SECRET, URL, HOST, PORT = (f"ATLAS_ACTION_{name}" for name in ("SECRET", "URL", "HOST", "PORT"))

_SHORTEST_SECRET = 32
_MOST_BYTES = 4 * 1024 * 1024


def remote_endpoint() -> EndpointConfig | None:
    """Return where the actions run if they run elsewhere: ATLAS_ACTION_URL.

    Raises:
        SettingsError: The secret is missing or too short.
    """
    url = os.environ.get(URL, "").strip()
    if not url:
        return None
    headers = {"Authorization": f"Bearer {shared_secret()}"}
    return EndpointConfig(url, headers=headers, enable_selective_domain=True)


def shared_secret() -> str:
    """Return the secret that server and actions share.

    Raises:
        SettingsError: It is missing or too short.
    """
    secret = os.environ.get(SECRET, "").strip()
    if len(secret) < _SHORTEST_SECRET:
        message = f"expected a secret of {_SHORTEST_SECRET} characters or more"
        raise SettingsError(Path("environment"), SECRET, message)
    return secret


def serve_actions(settings: Settings) -> None:
    """Serve the actions until the process is stopped.

    Args:
        settings: The clinic.

    Raises:
        SettingsError: The secret or the port cannot be right.
    """
    port = os.environ.get(PORT, "5055").strip()
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise SettingsError(Path("environment"), PORT, "expected a number from 1 to 65535")
    host = os.environ.get(HOST, "").strip() or "127.0.0.1"
    app = guarded_app(shared_secret())
    redact_logs(demo=settings.clinic.demo)
    print(f"Atlas's actions are served at {host}:{port}.", flush=True)
    app.run(host=host, port=int(port), access_log=False)


def guarded_app(secret: str) -> Sanic:
    """Return rasa-sdk's server with a lock.

    Args:
        secret: What every call but the one for health has to know.
    """
    app = create_app("actions", cors_origins=[])
    app.config.REQUEST_MAX_SIZE = _MOST_BYTES
    wanted = f"Bearer {secret}".encode()

    async def check(request: Request) -> HTTPResponse | None:
        if request.path == "/health":
            return None
        given = request.headers.get("authorization", "").encode(errors="replace")
        if not hmac.compare_digest(given, wanted):
            return response.json({"error": "This needs the shared secret."}, status=401)
        if request.headers.get("content-encoding"):
            # rasa-sdk would unpack a body of any size.
            return response.json({"error": "Send the body as it is."}, status=415)
        return None

    async def fail(request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            log_failure("An action call", error)
        return response.json({"error": "The action failed."}, status=status)

    app.register_middleware(check, "request")
    app.error_handler.add(Exception, fail)
    return app
