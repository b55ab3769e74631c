"""Tell a pain that a message states from one that it only asks about, or wants a visit for."""

from __future__ import annotations

import re

_PLACE = (
    r"(?:necks?|napes?|scruff|(?:(?:upper|mid|middle|top) )?backs?|shoulders?|shoulder blades?"
    r"|blades?|traps?|trapezius|rhomboids?|spines?)"
)
_ONE_PLACE = r"(?:neck|back|shoulder|blade|spine|trap)"
_BETWEEN = r"(?:between|across|under|below) (?:the|my|me|his|her|both)(?: top of)?(?: the)?"
_WHERE = rf"(?:{_BETWEEN} )?{_PLACE}"
_NAMES_PLACE = re.compile(rf"\b{_PLACE}\b")
# A pain, as one has it; and as it makes a place.
_A_PAIN = (
    r"(?:pains?|aches?|soreness|stiffness|tightness|tension|discomfort|twinges?|spasms?|cricks?"
    r"|knots?|niggles?|kinks?|trouble|troubles|problems?|bother|gyp|jip|gip|grief|gripes?|strains?)"
)
_HURT = (
    r"(?:sore|stiff|tight|tense|painful|achy|aching|tender|knotted|rigid|jammed|stuck|locked|seized"
    r"|cricked|crook|solid|ropey|dicky|gammy|wrecked|a wreck|done in|in bits|in knots"
    r"|in spasm|murder|agony|hell|torture|banjaxed|goosed|shot|mangled"
    r"|knackered|bad|dodgy|not right|hurts?|hurting|aches?|ached|throbs|throbbing|stings"
    r"|stinging"
    r"|screams|screaming|niggles|niggling"
    r"|nags|nagging|grumbl(?:es|ing)|twinges|pulls|pulling|burns|burning"
    r"|complain(?:s|ing)|protest(?:s|ing)|moan(?:s|ing)"
    r"|play(?:s|ing|ed)(?: me| him| her)? up|act(?:s|ing|ed) up"
    r"|(?:at|being) it again|up to (?:its|the) old tricks|misbehav(?:es|ing)|flar(?:es|ed|ing)"
    r"|kill(?:s|ing)(?: me| him| her)?|both(?:ers|ering)|troubl(?:es|ing)|annoying me|at me"
    r"|(?:giv(?:es|ing)|gave|given) (?:me |him |her |us )?(?:[\w-]+ ){0,3}?"
    r"(?:grief|gyp|jip|gip|bother|trouble|hell|pain|stick|bad time)"
    r"|like (?:a )?(?:concrete|rock|rocks|stone|steel|wood|iron|cables?|board|plank|brick)"
    r"|stiffer|sorer|tighter|(?:up )?(?:round|around|by|at) (?:my|me) ears"
    r"|returned|come back|came back|back again|back (?:at|to) (?:it|its old tricks)"
    r"|(?:is|are|has|have|s) (?:back|gone)|gone again|went)"
)
# What does not come between a place and what is told of it.
_NOT = (
    r"(?!(?:or|good|not?|nothing|never|none|without|and (?:an?|the)|doesnt|dont|isnt|arent|hasnt"
    r"|wasnt|nor|cant|fine|was|were|used|and i|which|what|how|why|if|whether|when|for|is common)\b)"
)
_STATED = (
    # "my neck has been sore", "it hurts", "mine is sore"
    rf"\b(?!{_ONE_PLACE} (?:ache|hurt)\b)(?:{_WHERE}|it|its|mine|this|pain|ache)"
    rf" (?:{_NOT}[\w-]+ ){{0,6}}?{_HURT}\b",
    rf"\b(?:my|me|her|his) {_ONE_PLACE} hurt\b",
    rf"\b{_A_PAIN} (?:in|at|across|between|under|round|around|down) (?:my|me|her|his)"
    rf" (?:[\w-]+ ){{0,2}}?{_PLACE}\b",
    # "my neck has its usual ache"
    rf"\b{_WHERE} (?:has|have|got) (?:its|the|that|their) (?:[\w-]+ ){{0,2}}?{_A_PAIN}\b",
    # "I get this neck trouble", "she has a crick in the neck"
    rf"\b(?:i|ive|im|we|he|hes|she|shes|mum|dad|me) (?:(?:{_NOT}\w+ ){{0,2}}?)"
    r"(?:have|has|got|get|gets|getting|having|suffers?|suffering|feel|feels|developed|picked up"
    rf"|woke|wake|with) (?:{_NOT}[\w-]+ ){{0,6}}?(?:{_A_PAIN}|{_HURT})\b",
    rf"\b(?:ive|im|hes|shes|got|woke up with|woke with|suffering|nursing)(?: {_NOT}[\w-]+){{0,4}}?"
    rf" (?:{_A_PAIN}|{_HURT} {_WHERE})\b",
    # "my old neck trouble has returned", "the usual ache in my back is nagging"
    rf"\b(?:my|her|his|me|our|the usual|the old) (?:{_NOT}[\w-]+ ){{0,4}}?(?:{_A_PAIN}|{_HURT})\b"
    rf" (?:{_NOT}[\w-]+ ){{0,5}}?{_HURT}\b",
    # "tweaked my traps", "I put my neck out"
    rf"(?<!to )(?<!can )(?<!could )(?<!may )\b(?:tweaked|pulled|strained|wrenched|cricked|jarred"
    rf"|ricked|twisted|pinged|hurt|injured|jolted|overdid|knackered|buggered|banjaxed|tensed)"
    rf"(?: up)?(?: (?:my|me|the|his|her|a|something|\w+ muscle))?(?: in| of)?"
    rf"(?: (?:my|the|his|her))?(?: \w+)? {_PLACE}\b",
    # "I suffer again from my neck"
    rf"\bsuffer(?:s|ing)? (?:\w+ )?(?:from|with) (?:my|the|her|his) (?:\w+ )?{_PLACE}\b",
    rf"\bput (?:my|me|his|her) {_WHERE} out\b",
    r"\bslept (?:funny|badly|awkward(?:ly)?|wrong|crooked)\b",
)
_STATES = re.compile("|".join(f"(?:{part})" for part in _STATED))
# "Sore neck from tiling", "neck pain": a pain that is only named.
_NAMED = re.compile(
    rf"^(?:(?:hi|hello|hey|there|morning|afternoon|evening|good|well|just|so|ok|a|an|the|bit|of|my"
    rf"|some|this|same|old|usual|bad|very|really|quite|slightly|\w+ly) )*"
    rf"(?:(?:{_HURT}|{_A_PAIN})(?: [\w-]+){{0,3}}? {_WHERE}|{_WHERE}(?: [\w-]+){{0,3}}?"
    rf" (?:{_A_PAIN}|{_HURT}))\b"
)
# With one of these what is named is there: nobody asks in general about a Tuesday's digging.
_CAUSE_OR_TIME = re.compile(
    r"\b(?:from|after|since|following|thanks to|because of|ever|again|today|tonight|yesterday"
    r"|this (?:morning|week|month|year|time)|last (?:night|week|month|year|\w+day)"
    r"|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:the )?weekend"
    r"|\d+ (?:days?|weeks?|months?|years?)|(?:an?|one|two|three|four|five|six|seven|eight|few"
    r"|couple|couple of) (?:days?|weeks?|fortnight|months?|years?)"
    r"|all (?:day|week|month|summer|winter)|woke|my job|for a living)\b"
)
_ASKING = (
    r"(?:what|whats|wat|wot|which|how|hows|why|y|whose|where|who|can|could|may|might|shall|should"
    r"|would|will|must|do|does|did|is|are|am|when (?:is|are|do|does|should|can|will|would|must)"
    r"|any|anything|explain|describe|list|name|tell me|show me|give me|tips|advice|best|good"
    r"|recommend|reasons?|chances|odds|need (?:tips|advice|help|something)|looking for|wondering"
    r"|curious)"
)
_ASKS_FIRST = re.compile(rf"^(?:(?:and|so|but|or|hi|hello|hey|please|ok|also|there) )*{_ASKING}\b")
_ASKS_LATER = re.compile(
    r"\b(?:why|(?:what|whats|wat|how|which|who) (?:is|are|to|can|could|should|do|does|would|will"
    r"|long|much|many|often|helps?|best)"
    r"|(?:can|could|may|might|shall|should|would|will|must|do|does|did|is|are|am)"
    r" (?:i|we|you|u|it|this|that|there|these|they|he|she|someone|somebody|anyone|one|a|an|any)"
    r"|any (?:tips|advice|ideas?|exercises|stretches|chance|good)|please (?:explain|advise))\b"
)
# What holds in general, or is only thought of: "if my neck hurts", "they say a sore neck is".
_ONLY_THOUGHT = re.compile(
    r"\b(?:if|whenever|whether|in case|unless|suppose|say|says|said|heard|read|reads|learn\w*"
    r"|wonder(?:ing)?|prevent\w*|avoid\w*|stops?|people|everyone|you)\b.*"
    r"|\bwhen (?:my|the|your|a|ones|someones|you|people)\b.*"
)
# "Book me in for my sore neck": the reason for a visit, or what a remedy is good for.
_FOR_WHICH = re.compile(
    r"\b(?:for|about|regarding|re|concerning|with regard to|to do with|because of|over)"
    rf" (?:(?:my|me|the|a|an|some|this|that|his|her|our) )?(?:[\w-]+ ){{0,3}}?"
    rf"(?:{_A_PAIN}|{_WHERE})(?: (?:and|&) (?:[\w-]+ )?{_WHERE})?(?: {_A_PAIN})?\b"
)
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]*")
_CLAUSE = re.compile(r",\s|\s[-\u2013\u2014]+\s|[\u2013\u2014:()]")


def names_a_place(text: str) -> bool:
    """Tell whether a message names the neck, the shoulders or the back.

    Args:
        text: What the visitor wrote.
    """
    return bool(_NAMES_PLACE.search(text.lower().replace("\u2019s", "s").replace("'s", "s")))


def tells_of_a_pain(text: str, *, only_named: bool = False) -> bool:
    """Tell whether a message states that a place of the neck or back hurts or troubles somebody.

    Args:
        text: What the visitor wrote: "my neck has been sore since Sunday. Is heat good?".
        only_named: Whether it is enough that a pain is named, without a cause or a time.
    """
    plain = text.lower().replace("\u2019", "").replace("'", "")
    return any(_states(sentence, only_named=only_named) for sentence in _SENTENCE.findall(plain))


def _states(sentence: str, *, only_named: bool) -> bool:
    asks = "?" in sentence
    dated = bool(_CAUSE_OR_TIME.search(sentence))
    clauses = [clause.strip(' .!?;\n"') for clause in _CLAUSE.split(sentence)]
    clauses = [clause for clause in clauses if clause]
    for index, clause in enumerate(clauses):
        told = _statement_in(clause)
        if _STATES.search(told):
            return True
        is_what_is_asked = asks and index == len(clauses) - 1 and told == clause
        if (only_named or dated) and not is_what_is_asked and _NAMED.search(told):
            return True
    return False


def _statement_in(clause: str) -> str:
    """Return what a clause states, without what it asks, supposes or wants a visit for."""
    if _ASKS_FIRST.match(clause):
        return ""
    later = _ASKS_LATER.search(clause)
    told = clause[: later.start()] if later else clause
    return _FOR_WHICH.sub(" ", _ONLY_THOUGHT.sub(" ", told)).strip()
