"""The web chat as a visitor handles it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

# What has the focus, also inside the element's shadow.
FOCUSED = (
    "(() => { let node = document.activeElement;"
    " while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;"
    " return node; })()"
)


class ChatPage:
    """Drive the element at /chat; Playwright looks into its open shadow by itself.

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

    def open(self, path: str = "/chat") -> ChatPage:
        """Load the page, agree to the notice and wait for the welcome."""
        self.page.goto(f"{self.base_url}{path}")
        self.start()
        return self

    def start(self) -> None:
        """Press the button under the notice and wait for the welcome."""
        self.log.get_by_role("button", name="Start chat").click(timeout=self.timeout)
        self.wait_idle()

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

    def choose_time(self, title: str) -> list[str]:
        """Choose one of the free times and return the bot's replies."""
        self.log.locator(f'input[name=time][value="{title}"]').check()
        return self.click_reply("Choose this time")

    def fill_in(self, label: str, value: str) -> list[str]:
        """Fill a labelled field, send it and return the bot's replies."""
        self.log.get_by_label(label).fill(value)
        return self.click_reply("Send")

    def end(self) -> None:
        """End the chat through the menu."""
        self.page.get_by_role("button", name="More", exact=True).click()
        self.page.get_by_role("button", name="End chat").click()
        self.page.get_by_role("dialog").get_by_role("button", name="End chat").click()
        self.page.locator("atlas-chat[state=over]").wait_for(timeout=self.timeout)

    def wait_idle(self) -> None:
        """Wait until the bot has answered everything."""
        idle = self.page.locator("atlas-chat[state=idle]")
        idle.wait_for(state="attached", timeout=self.timeout)

    def last_replies(self) -> list[str]:
        """Return the text of every bubble and card since the visitor's last message.

        What stands at the foot of a card, such as "Was this helpful?", is left out.
        """
        replies = self.log.locator(".turn.bot").last.locator(":scope > .bubble, :scope > .card")
        texts: list[str] = replies.evaluate_all(
            "nodes => nodes.map(node => [...node.children]"
            ".filter(part => !part.matches('.card-foot')).map(part => part.innerText).join('\\n'))"
        )
        return [text.strip() for text in texts]

    def offered_replies(self) -> list[str]:
        """Return the titles of the suggested replies that can be tapped now."""
        titles = self.log.locator(".choices button").all_inner_texts()
        return [" ".join(title.split()) for title in titles]

    def offered_times(self) -> list[str]:
        """Return the free times that can be chosen now."""
        values: list[str] = self.log.locator("input[name=time]").evaluate_all(
            "inputs => inputs.map(input => input.value)"
        )
        return values

    def visitor_messages(self) -> list[str]:
        """Return what the visitor said, as it is shown."""
        bubbles = self.log.locator(".turn.user .bubble").all_text_contents()
        return [text.removeprefix("You said: ") for text in bubbles]
