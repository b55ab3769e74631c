"""Look for secrets in files that are about to be committed; prints places, never the secret.

Usage: find_secrets.py FILE…   (exit code 1 when something was found)
A line that ends in "no secret" is passed over.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_KINDS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "AWS key": r"\bAKIA[0-9A-Z]{16}\b",
    "GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "Slack token": r"\bxox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{10,}",
    "Telegram token": r"\b[0-9]{8,10}:[A-Za-z0-9_-]{35}\b",
    "Twilio key": r"\b(?:AC|SK)[0-9a-f]{32}\b",
    "signed token": r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}",
    "database password": r"\bpostgres(?:ql)?://[^:/@\s]+:[^@\s$<{]{3,}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b",
    "named secret": (
        r"(?i)\b(?:master_key|secret_key|api_token|auth_token|password|signing_secret)\b"
        r"[\"']?\s*[:=]\s*[\"']?(?=[A-Za-z0-9+/_=-]*[0-9])(?=[A-Za-z0-9+/_=-]*[A-Za-z])"
        r"[A-Za-z0-9+/_=-]{24,}"
    ),
}
_PASSED = "no secret"


def find(text: str) -> list[tuple[int, str]]:
    """Return line numbers and kinds of what looks like a secret."""
    return [
        (number, kind)
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.rstrip().endswith(_PASSED)
        for kind, pattern in _KINDS.items()
        if re.search(pattern, line)
    ]


def main(names: list[str]) -> int:
    """Look through files; binary ones are passed over."""
    found = 0
    for name in names:
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, IsADirectoryError, FileNotFoundError):
            continue
        for number, kind in find(text):
            print(f"{name}:{number}: looks like a {kind}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
