"""How visitors reach Atlas: the web chat, REST, and the messaging services.

`web.py` and the `web_*.py` beside it are the chat page, `rest.py` is for programs on this machine,
`connectors.py` with `replies.py` is for SMS, WhatsApp, Telegram, Slack and Messenger. They share
`messages.py` (what a person sees of a bot message), `turns.py` (running an answer, and what is
said when it fails) and `switch.py` (a channel that is there but off).
"""
