"""Name a conversation in logs and traces without telling which one it is."""

from __future__ import annotations

import hashlib
import hmac

_LENGTH = 16


class ConversationKey:
    """Makes the keyed hash that stands for a conversation outside the databases.

    It is another one than the databases and the audit log use, so that neither leads to the
    other.

    Args:
        secret: What signs the web chat's sessions; the same in every process of one Atlas.
    """

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"atlas logs and traces", hashlib.sha256)

    def of(self, conversation_id: str) -> str:
        """Return 16 hexadecimal characters that only the holder of the secret can work out."""
        text = conversation_id.encode(errors="surrogatepass")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:_LENGTH]
