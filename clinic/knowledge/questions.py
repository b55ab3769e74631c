"""Tell questions from reports, and what kind of question follows up an answer."""

from __future__ import annotations

import re

from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.knowledge.words import fold_word, words_of

_FILLERS = frozenset(
    {"and", "so", "but", "ok", "okay", "hi", "hello", "well", "also", "um", "then"}
)
_OPENERS = frozenset(
    {
        "what", "whats", "wat", "how", "hows", "why", "who", "whos", "whose", "which", "where",
        "wheres", "when", "explain", "explane", "describe", "define", "list", "compare", "does",
        "is", "are", "do", "did", "difference", "should", "can", "could", "would", "will", "shall",
        "tell", "has", "show", "give", "name", "tips", "info", "information", "teach", "isnt",
        "doesnt", "arent", "wont",
    }
)  # fmt: skip
_AS_TEXTED = {
    "shud": "should", "shld": "should", "cud": "could", "wud": "would", "wich": "which",
    "wot": "what", "u": "you", "r": "are", "dat": "that", "dis": "this", "w8": "wait",
}  # fmt: skip
# "Could be a pulled muscle" asks nothing.
_NO_QUESTION_AFTER = frozenset({"be", "have", "not", "get", "getting", "no"})
# "When I turn my head" says when it hurts.
_TELLS = frozenset(
    (opener, subject) for opener in ("when", "where") for subject in ("i", "im", "my", "it", "its")
)
_TWO_WORD_OPENERS = frozenset(
    {("am", "i"), ("have", "i"), ("have", "you"), ("may", "i"), ("must", "i"), ("was", "it")}
    | {(verb, after) for verb in ("run", "walk", "talk") for after in ("me", "us", "through")}
)
# People write their question last as well: "neck is stiff in the morning why".
_ASKS_LATER = re.compile(
    r"\b(?:what|wat) (?:is|are|does|do|did|causes?|happens?|means?|it means?|kind|can|should"
    r"|else)\b|\b(?:when|where|who) (?:do|does|should|is|are|can|must)\b"
    r"|\bwhats\b|\bhow (?:long|often|many|much|come|is|are|does|do|can|dangerous|serious)\b"
    r"|\b(?:is|does|can|will|are|do|should|would) (?:it|this|that|they|you|these|i|one|we|he|she)\b"
    r"|\bwhy (?:is|are|do|does|can|did|would)\b|\bwhich (?:is|are|one)\b"
    r"|\b(?:is|could|can|would) (?:that|this|it) (?:from|be)\b|\bwhere (?:it|this|that) is\b"
    r"|^(?:it|this|that) is (?:safe|ok|okay|dangerous|risky|allowed|possible) (?:if|for|in|when)\b"
    r"|\bis (?:it )?(?:because|becos|bcos|bcoz|cos|cuz)\b|\bor is (?:it|this|that)?\b"
    r"|\bwhat (?:now|to do|i (?:should|must|can) do)\b|\bor (?:wait|leave it|something else|else)\b"
    r"|\b(?:is|are) (?:[a-z]+ ){1,3}(?:the|a) (?:cause|reason)\b"
    r"|\b(?:why|how|meaning|reasons?|yes or no|or not|for what|what means|explain(?:ed)?"
    r"|how long|options|risks?|please explain|simply)$"
)
# "Sore for years, is pain my lot now": a later clause that opens like a question. "…, is worse at
# night" does not: after the verb a question has its subject.
_CLAUSE_END = re.compile(r"[,;.!:\u2013\u2014]+\s|\s-+\s")
_CLAUSE_ASKS = re.compile(
    r"(?:(?:so|and|but|or) )?(?:(?:is|are|am|was|do|does|did|can|could|will|would|should|shall|has"
    r"|have|may|might|must) (?:i|it|its|this|that|these|those|they|you|u|we|he|she|there|the"
    r"|my|a|an|your|our|any|some|someone|somebody|anyone|people|most|doctors|surgery|pain|having|being)\b"
    r"|(?:what|whats|how|hows|why|which|who)\b"
    r"|(?:when|where) (?:is|are|do|does|did|can|could|will|would|should)\b)"
)
_UNSURE = re.compile(r"\b(?:dont know|do not know|not sure|no idea|unsure|cant remember)\b")
_ONESELF = re.compile(
    r"\b(?:i|im|ive|id|me|my|mine|myself|we|our|he|she|his|him|mum|mom|dad|wife|husband|son"
    r"|daughter|mother|father)\b"
)
# "Show me stretches" tells nothing of anybody.
_REQUEST = re.compile(r"\b(?:show|tell|give|teach|run|walk|talk|let) (?:me|us)\b")
_CLINIC = re.compile(
    r"\b(?:costs?|prices?|fees?|charges?|insur\w*|medicare|medicaid|pay|paid|copay|opening|open"
    r"|closed?|hours do|parking|park|address|phone number|located|do you (?:offer|do|have))\b"
)
_THIS_CLINIC = re.compile(
    r"\b(?:at|in|of|by) your (?:place|clinic|practice|office|surgeons?|doctors?|staff|team)\b"
    r"|\b(?:waiting (?:time|list)s?|how long is the wait|wait list|next free)\b"
    r"|\b(?:is|are) (?:the|your|this) (?:clinic|building|office|place|practice|entrance|rooms?)"
    r" .*(?:accessible|step free|wheelchair|ground floor)"
    r"|\b(?:success|complication) rates? of (?:your|the)\b"
    r"|\byour (?:success|complication) rates?\b"
    r"|\bwheelchair (?:access|accessible|ramp|friendly)\b"
    r"|\b(?:disabled|step free) (?:access|toilet)\b"
)
_PRICE = re.compile(
    r"\b(?:costs?|prices?|fees?|copay|out of pocket|expensive)\b"
    r"|\bhow much (?:do|does|would|will|is|are) .{0,40}\b(?:charged?|cost)\b"
    r"|\bhow much (?:is|are|for|would|will)(?: it| that| they)?(?: be)?(?: for)?"
    r" (?:an?|the|your|one|my|it|that|this)\b"
)
_NO_PRICE = re.compile(
    r"\b(?:doses?|dosage|mg|take|taking|too much|enough|safe|normal|hurts?|pain|weigh\w*|long)\b"
)
_COMING = re.compile(
    r"\bhow (?:do|does|can|could|would|should) (?:i|we|one|you|my \w+) (?:go about )?"
    r"(?:be seen|come in|get an? (?:appointment|visit|slot)"
    r"|get(?:ting)? (?:(?:her|him|them|mum|mom|dad|my \w+) )?(?:seen|in (?:with|to see))"
    r"|see (?:you|someone|somebody|one of you\w*)|book(?:ing)?|make an appointment)\b"
    r"|\b(?:set|fit|squeeze) (?:me|us|her|him|them|my \w+) (?:up|in) (?:with|for) an? "
    r"(?:visit|appointment|slot|time)\b|\bbe (?:given|offered) a (?:time|slot) to (?:come|be)\b"
)
_NORMAL = re.compile(r"\b(?:is|are) (?:it|that|this|these|they) (?:normal|usual|common|ok|okay)\b")
_WHAT_IT_IS = re.compile(
    r"\bwhat(?:s| is)? (?:else |is |do you think is )?"
    r"(?:(?:could|can|might|may|would) (?:it|this|that|these|be causing|be behind"
    r"|cause (?:it|this|my))"
    r"|causing (?:it|this|that|these|my)|behind (?:it|this|that|my)|wrong with me)\b"
    r"|\bwhat (?:do|have) i (?:have|got)\b|\bwhat (?:could|might|can) be (?:causing|behind|wrong)\b"
    r"|\bwhich (?:conditions?|diseases?|illness\w*) (?:could|can|might|fits?|cause)\b"
)
_DOSE = re.compile(
    r"\b(?:how much|how many|dos(?:e|es|age)|mg|milligrams?|double|maximum|limit|another|hours?"
    r"|hrs|daily|(?:can|should|may|could|shall|do|must) (?:i|we|he|she|they|my \w+)"
    r"(?! (?:know|expect|ask|look|watch)\b)"
    r"|mix\w*|together|combine|stop taking|come off|more of)\b"
)


def is_question(text: str) -> bool:
    """Tell whether a message asks something, with or without a question mark.

    Args:
        text: What the visitor wrote.
    """
    if "?" in text:
        return True
    words = [_AS_TEXTED.get(word, word) for word, _, _ in words_of(text)]
    while words and words[0] in _FILLERS:
        words.pop(0)
    if not words:
        return False
    if tuple(words[:2]) in _TWO_WORD_OPENERS:
        return True
    if tuple(words[:2]) in _TELLS:
        return False
    if words[0] in _OPENERS and not _NO_QUESTION_AFTER & set(words[1:2]):
        return True
    plain = " ".join(words)
    if _UNSURE.search(plain):
        return False
    return bool(_ASKS_LATER.search(plain)) or any(
        _CLAUSE_ASKS.match(_plain(clause)) for clause in _CLAUSE_END.split(text)[1:]
    )


def is_about_someone(text: str) -> bool:
    """Tell whether a message speaks of the visitor or of somebody the visitor cares for.

    Args:
        text: What the visitor wrote.
    """
    return bool(_ONESELF.search(_REQUEST.sub(" ", _plain(text))))


def asks_about_the_clinic(text: str) -> bool:
    """Tell whether a message asks for prices, hours, the address or the like.

    Args:
        text: What the visitor wrote.
    """
    return bool(_CLINIC.search(_plain(text)))


def asks_about_this_clinic(text: str) -> bool:
    """Tell whether a message asks how something is at this clinic, such as the waiting time.

    Args:
        text: What the visitor wrote.
    """
    return bool(_THIS_CLINIC.search(_plain(text)))


def asks_the_price(text: str) -> bool:
    """Tell whether a message asks what something costs, whatever it names.

    Args:
        text: What the visitor wrote.
    """
    plain = _plain(text)
    return bool(_PRICE.search(plain)) and not _NO_PRICE.search(plain)


def asks_how_to_come(text: str) -> bool:
    """Tell whether a message asks how to get a visit.

    Args:
        text: What the visitor wrote.
    """
    return bool(_COMING.search(_plain(text)))


def asks_what_is_normal(text: str) -> bool:
    """Tell whether a message asks if something is normal.

    Args:
        text: What the visitor wrote.
    """
    return bool(_NORMAL.search(_plain(text)))


def asks_what_it_is(text: str) -> bool:
    """Tell whether a message asks what could be behind what was described.

    Args:
        text: What the visitor wrote.
    """
    return bool(_WHAT_IT_IS.search(_plain(text)))


def asks_for_a_dose(text: str) -> bool:
    """Tell whether a message asks how much of a medicine to take, or whether to take it.

    Args:
        text: What the visitor wrote.
    """
    return bool(_DOSE.search(_plain(text)))


def is_about_another_part(text: str, base: KnowledgeBase | None = None) -> bool:
    """Tell whether a message is about a part of the body that is not this clinic's.

    Args:
        text: What the visitor wrote.
        base: The knowledge base; by default the project's own.
    """
    base = base or get_knowledge()
    words = {word for word, _, _ in words_of(text)}
    words |= {fold_word(word, base.spellings) for word in words}
    return bool(words & base.other_parts) and not words & base.own_words


def _plain(text: str) -> str:
    return " ".join(word for word, _, _ in words_of(text))
