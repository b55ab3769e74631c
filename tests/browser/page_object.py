"""The web chat as a visitor handles it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


class ChatPage:
    """Drive the page at /chat.

    Args:
        page: A Playwright page.
        base_url: Where Atlas is served, such as http://127.0.0.1:5005.
        timeout: Seconds that an answer may take.
    """

    def __init__(self, page: Page, base_url: str, timeout: float = 30) -> None:
        self.page = page
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout * 1000

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    def open(self) -> ChatPage:
        """Load the page and wait for the welcome."""
        self.page.goto(f"{self.base_url}/chat")
        self.wait_idle()
        return self

    def send(self, text: str) -> list[str]:
        """Type a message, press Enter and return the bot's replies."""
        self.page.get_by_label("Your message to Atlas").fill(text)
        self.page.keyboard.press("Enter")
        self.wait_idle()
        return self.last_replies()

    def click_reply(self, title: str) -> list[str]:
        """Tap a suggested reply and return the bot's replies."""
        self.log.get_by_role("button", name=title, exact=True).click()
        self.wait_idle()
        return self.last_replies()

    def tick(self, *titles: str) -> list[str]:
        """Tick choices of a checklist, send them and return the bot's replies."""
        for title in titles:
            self.log.get_by_label(title, exact=True).check()
        return self.click_reply("Send")

    def wait_idle(self) -> None:
        """Wait until the bot has answered everything."""
        self.page.locator('#chat[data-state="idle"]').wait_for(timeout=self.timeout)

    def last_replies(self) -> list[str]:
        """Return the text of every bubble and card since the visitor's last message."""
        replies = self.log.locator(".turn.bot").last.locator(":scope > .bubble, :scope > .card")
        return [text.strip() for text in replies.all_inner_texts()]

    def offered_replies(self) -> list[str]:
        """Return the titles of the suggested replies that can be tapped now."""
        titles = self.log.locator(".choices button").all_inner_texts()
        return [" ".join(title.split()) for title in titles]

    def visitor_messages(self) -> list[str]:
        """Return what the visitor said, as it is shown."""
        bubbles = self.log.locator(".turn.user .bubble").all_text_contents()
        return [text.removeprefix("You said: ") for text in bubbles]
