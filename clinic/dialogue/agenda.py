"""Plan a turn that Rasa's rules cannot: emergencies, interruptions, several requests.

The plan is a list of action names, the agenda. An empty agenda leaves the turn to the rules
in `data/rules/`. The planner is pure: it sees only what is in `Turn`.
"""

from __future__ import annotations

from dataclasses import dataclass

INTERVIEW = "interview_form"
BOOKING = "booking_form"
MANAGING = "appointment_form"

_EXPLAIN = "action_explain_topic"
# What answers an intent. While a form is open its question comes again after the answer.
_REPLIES = {
    "ask_topic": _EXPLAIN,
    "ask_when_to_see_doctor": _EXPLAIN,
    "ask_medicine_advice": "utter_medicine_advice",
    "ask_diagnosis": "utter_no_diagnosis",
    "ask_clinic_info": "action_give_clinic_info",
    "ask_privacy": "action_explain_privacy",
    "ask_summary": "action_give_summary",
    "ask_help": "utter_help",
    "ask_why": "action_explain_question",
    "ask_meaning": "action_explain_question",
    "request_human": "action_request_human",
    "bot_challenge": "utter_bot_challenge",
    "abuse": "utter_abuse",
    "out_of_scope": "utter_out_of_scope",
    "report_other_body_part": "utter_other_body_part",
    "greet": "utter_greet_again",
    "thank": "utter_thank",
    "look_up_appointment": "appointment_form",
    "reschedule_appointment": "appointment_form",
    "cancel_appointment": "appointment_form",
    "delete_my_data": "action_delete_data",
    "start_over": "utter_ask_start_over",
    "goodbye": "utter_goodbye",
}
_LEAVES_FORM = frozenset({"appointment_form", "action_delete_data", "utter_ask_start_over"})
_STEPS = {"skip": "action_skip_question", "go_back": "action_go_back"}
_ANSWERED_ANYWHERE = frozenset(
    {
        "ask_topic",
        "ask_when_to_see_doctor",
        "ask_medicine_advice",
        "ask_diagnosis",
        "ask_clinic_info",
        "ask_privacy",
        "ask_summary",
        "ask_help",
        "ask_why",
        "ask_meaning",
        "request_human",
        "bot_challenge",
        "delete_my_data",
        "start_over",
    }
)
_ANSWERED_IN_EMERGENCY = frozenset({"ask_topic", "ask_privacy", "ask_summary", "request_human"})
# A question is put so often in a row at most; then it waits, open, until the visitor goes on.
_MOST_PUTS = 3
# What an open question always follows.
_BEFORE_THE_QUESTION = frozenset({*_STEPS.values(), "utter_welcome_back", "utter_language_set"})
# Wrong guesses cost most here: a short answer is no request unless the classifier is sure.
# A message that tells something is no such request, unless it asks.
_ONLY_IF_ASKED = frozenset(
    {
        "ask_topic",
        "ask_when_to_see_doctor",
        "ask_diagnosis",
        "out_of_scope",
        "report_other_body_part",
    }
)
SURE = 0.55
VERY_SURE = 0.75


@dataclass(frozen=True, slots=True)
class Turn:
    """What is known when a turn begins.

    Attributes:
        intent: Best intent; "ask_about_medicine" where a medicine is asked about, but no dose.
        confidence: Its confidence, 0-1.
        second_intent: The runner-up where it is a request of its own, else None.
        topics: Topics that the message names.
        is_question: Whether it asks something ("?", "what is", "how long").
        only_tells: Whether it is a statement of several words, whatever its intent.
        asks_what_it_is: Whether it asks what is behind the pain, naming no condition.
        reports_symptoms: Whether it reports a pain or symptom.
        emergency_is_new: Whether this message raised an emergency or added to one.
        emergency: Whether the conversation is in an emergency.
        crisis_is_new: Whether it hints at not wanting to live, short of a plan.
        unconfirmed: Whether something uncertain would make it an emergency.
        form: The open form, if any.
        answered: Whether it answers the form's question.
        rewords: Whether that question has to be put in other words.
        puts: How often that question was put in a row.
        has_waited: Whether it was let wait before, after as many times.
        first_question: Whether none came before it.
        changed: Whether it changed the history.
        assessed: Whether a level was given already.
        screened: Whether the emergency checklist was answered.
        offered_booking: Whether the last message offered to book.
        triage: Whether the clinic lets Atlas say how urgent something is.
        empty: Whether the message has no words.
        unreadable: Whether not one of its words is known.
        calls_for_help: Whether it calls for help at once without saying what is wrong.
        frightened: Whether it asks if the visitor will die.
        today_untold: Whether what was told is a matter of today, and no level was given yet.
        booking_closed: Whether an emergency was heard in this conversation.
        is_command: Whether it is written like a command of Rasa's.
        consented: Whether the visitor agreed, where clinic.yml asks for an explicit yes.
        just_consented: Whether this message is that yes.
        has_history: Whether something about the pain is known.
        has_told: Whether anything was told or answered that would be lost by starting over.
        names_booking: Whether its words name a visit, an appointment or booking.
        described: Whether it describes a pain, more than naming the place.
        level_rises: Whether it makes the level one that must be seen today.
        takes_back: Whether it denies a sign that made the emergency.
        asked_back: Whether the last message asked whether such a sign was true.
        offered_resume: Whether the last message offered to go on with the interview.
        offered_start_over: Whether the last message asked if everything shall be forgotten.
        goes_on: Whether it asks to go on where things stopped.
        unfinished: Whether an interview was interrupted.
        paused: Whether the visitor was away for a while.
        was_asked_sign: Whether the last message asked about one uncertain warning sign.
        wished_visit: Whether a visit was asked for before this message.
        asked_for_more: Whether the last message asked to be told more, or did not understand.
        about_appointment: Whether it is about the visit that was just booked or shown.
        names_reference: Whether it names a booking's reference.
        about_moved: Whether the visit whose new time is being chosen should be cancelled or shown.
        asks_for_language: Whether it asks to be answered in a certain language.
        is_unread: Whether it is in another language, and what it says was not understood.
        is_complaint: Whether it is about a complaint, as far as could be told.
        checks_signs: Whether it asks for the emergency checklist.
    """

    intent: str
    confidence: float
    second_intent: str | None = None
    topics: tuple[str, ...] = ()
    is_question: bool = False
    only_tells: bool = False
    asks_what_it_is: bool = False
    reports_symptoms: bool = False
    emergency_is_new: bool = False
    emergency: bool = False
    crisis_is_new: bool = False
    unconfirmed: bool = False
    form: str | None = None
    answered: bool = False
    rewords: bool = False
    puts: int = 1
    has_waited: bool = False
    first_question: bool = False
    changed: bool = False
    assessed: bool = False
    screened: bool = False
    offered_booking: bool = False
    triage: bool = True
    empty: bool = False
    unreadable: bool = False
    calls_for_help: bool = False
    frightened: bool = False
    today_untold: bool = False
    booking_closed: bool = False
    is_command: bool = False
    consented: bool = True
    just_consented: bool = False
    has_history: bool = False
    has_told: bool = False
    names_booking: bool = False
    described: bool = False
    level_rises: bool = False
    takes_back: bool = False
    asked_back: bool = False
    offered_resume: bool = False
    offered_start_over: bool = False
    goes_on: bool = False
    unfinished: bool = False
    paused: bool = False
    was_asked_sign: bool = False
    wished_visit: bool = False
    asked_for_more: bool = False
    about_appointment: bool = False
    names_reference: bool = False
    about_moved: bool = False
    asks_for_language: bool = False
    is_unread: bool = False
    is_complaint: bool = False
    checks_signs: bool = False


def plan_turn(turn: Turn) -> list[str]:
    """Decide what a turn does.

    Args:
        turn: What is known.

    Returns:
        Action names in order; empty where Rasa's rules decide.
    """
    planned = _plan(turn)
    return _without_loop(turn, planned) if turn.form else planned


def _plan(turn: Turn) -> list[str]:
    if turn.emergency_is_new:
        return ["action_give_emergency_advice"]
    if turn.asks_for_language:
        return ["utter_language_set", *_go_on(turn)]
    if turn.is_unread and not turn.emergency and not turn.unconfirmed and not turn.crisis_is_new:
        return _not_understood(turn)
    if turn.empty and not turn.is_unread:
        return ["utter_empty_message", *([turn.form] if turn.form else [])]
    if turn.is_command:
        return ["utter_no_commands", *([turn.form] if turn.form else [])]
    if turn.emergency:
        return _in_emergency(turn)
    opening = ["action_give_crisis_support"] if turn.crisis_is_new else []
    if turn.offered_start_over and turn.intent in ("affirm", "start_over"):
        return [*opening, "action_start_over"]
    if turn.offered_start_over and turn.intent == "deny":
        return [*opening, "utter_start_over_kept", *([turn.form] if turn.form else [])]
    if turn.unconfirmed:
        # What was plainly asked is answered first; the sign comes last, where it is read.
        explains = _REPLIES.get(turn.intent) == _EXPLAIN and turn.confidence >= SURE
        answer = [_EXPLAIN] if explains and _asks(turn) == [_EXPLAIN] and not turn.answered else []
        return [*opening, *answer, "action_confirm_warning_sign"]
    if turn.just_consented:
        return [INTERVIEW] if turn.has_history and turn.triage else ["utter_consent_given"]
    if turn.checks_signs and not turn.form and turn.triage:
        return [*opening, INTERVIEW]
    planned = _in_form(turn) if turn.form else _without_form(turn)
    if turn.booking_closed and ({BOOKING, "action_note_booking_wish"} & set(planned)):
        return [*opening, "utter_booking_closed"]
    if not turn.consented and {INTERVIEW, BOOKING, MANAGING} & set(planned):
        planned = [name for name in planned if name.startswith("action_explain")]
        planned.append("action_ask_consent")
    return opening + planned


def _go_on(turn: Turn) -> list[str]:
    """Return what stands open: the emergency, or the form's question."""
    if turn.emergency:
        return ["action_repeat_emergency_advice"]
    return [turn.form] if turn.form else ["utter_help"]


def _not_understood(turn: Turn) -> list[str]:
    """Answer a message in a language that is only partly covered; a complaint is never let go."""
    if turn.form:
        return [turn.form] if turn.answered else ["utter_language_unread", turn.form]
    if (turn.is_complaint or turn.reports_symptoms) and not turn.screened and turn.triage:
        if not turn.consented:
            return ["action_ask_consent"]
        return ["utter_language_complaint", INTERVIEW]
    return ["utter_language_offer"]


def _in_emergency(turn: Turn) -> list[str]:
    """Nothing is booked and no interview goes on; questions are still answered."""
    reply = _REPLIES.get(turn.intent)
    if turn.intent == "delete_my_data" and turn.confidence >= VERY_SURE and reply:
        return [reply]
    if turn.intent == "start_over" and turn.confidence >= SURE:
        return ["utter_emergency_start_over"]
    if turn.asked_back and turn.intent == "deny" and turn.confidence >= SURE:
        return ["utter_emergency_stands"]
    if turn.takes_back:
        return ["action_question_taken_back"]
    if turn.intent in _ANSWERED_IN_EMERGENCY and turn.confidence >= SURE:
        return [reply, "utter_emergency_reminder"] if reply else ["utter_emergency_reminder"]
    return ["action_repeat_emergency_advice"]


def _without_loop(turn: Turn, planned: list[str]) -> list[str]:
    """Let a question wait that was put again and again; it stays open, and nothing is left out."""
    if planned[-1:] != [turn.form] or turn.changed or turn.was_asked_sign:
        return planned
    if turn.puts < _MOST_PUTS or (turn.answered and not turn.rewords):
        return planned
    leads_elsewhere = _BEFORE_THE_QUESTION & set(planned)
    if leads_elsewhere and not (turn.first_question and "action_go_back" in planned):
        return planned
    if len(planned) == 1 and turn.form != INTERVIEW:
        return planned  # a wrong name or time is said to be one, however often it comes
    if turn.form == INTERVIEW and turn.has_waited:
        # Nobody is asked the same for ever.
        return [*planned[:-1], "action_skip_question", INTERVIEW]
    return [*planned[:-1], "utter_question_waits"]


def _in_form(turn: Turn) -> list[str]:
    form = str(turn.form)
    asks = _asks(turn)
    if form == BOOKING and turn.level_rises:
        return ["action_raise_level", form]
    if turn.paused and (turn.goes_on or turn.intent == "greet") and not turn.answered:
        return ["utter_welcome_back", form]
    if turn.calls_for_help:
        return ["utter_help_now", form]
    if turn.answered:
        # The answer counts; a question in the same message is answered before the next one.
        # A bare "45" asks nothing, whatever it looks like to the classifier.
        also = asks if turn.is_question and not _LEAVES_FORM & set(asks) else []
        if form in (BOOKING, MANAGING) and turn.intent not in _ANSWERED_ANYWHERE:
            also = []  # "can I have a different time?" asks about no topic
        if form == BOOKING and turn.intent == "request_human":
            also = []  # "can someone ring me instead?" is answered by the call-back
        return [*also, form]
    if turn.about_moved:
        return [MANAGING]
    if turn.goes_on and not turn.is_question:
        return [form]
    # Nothing is booked yet, so "cancel" means this booking, and a move another time for it.
    gives_up = turn.intent == "cancel_appointment" and form == BOOKING
    if (turn.intent == "stop" or gives_up) and turn.confidence >= SURE:
        return ["action_stop_form"]
    if turn.intent == "reschedule_appointment" and form == BOOKING:
        return [form]
    if turn.intent in _STEPS and turn.confidence >= SURE and form == INTERVIEW:
        return [_STEPS[turn.intent], form]
    if turn.intent == "repeat" and turn.confidence >= SURE:
        return [form]
    books = turn.intent == "book_appointment" and turn.names_booking
    if form == INTERVIEW and books and turn.confidence >= SURE:
        may_book = turn.screened and not turn.today_untold
        return [BOOKING] if may_book else ["action_note_booking_wish", form]
    if form == BOOKING and turn.intent == "report_pain" and turn.changed:
        return ["action_note_symptom", form]
    if asks:
        return asks if asks[-1] in _LEAVES_FORM else [*asks, form]
    reply = _REPLIES.get(turn.intent)
    if reply and turn.confidence >= VERY_SURE and not _only_tells(turn):
        return [reply] if reply in _LEAVES_FORM else [reply, form]
    return [form]


def _only_tells(turn: Turn) -> bool:
    """Read "once I had a red eye" in the interview, which asks nothing about an eye."""
    return turn.form == INTERVIEW and turn.only_tells and turn.intent in _ONLY_IF_ASKED


def _asks(turn: Turn) -> list[str]:
    """Return the reply to a question that stands in the message, whatever else it says."""
    if turn.calls_for_help:
        return ["utter_help_now"]
    if turn.frightened:
        return ["utter_frightened"]
    if turn.intent == "ask_summary" and turn.confidence >= SURE:
        return ["action_give_summary"]
    if turn.assessed and turn.asks_what_it_is:
        return ["action_explain_possible_causes"]
    if turn.intent == "report_other_body_part" and turn.is_question:
        return ["utter_other_body_part"]
    told = turn.intent == "ask_diagnosis" or turn.reports_symptoms
    if told and turn.asks_what_it_is:
        return ["utter_no_diagnosis"]
    if turn.intent == "ask_diagnosis" and turn.topics and turn.confidence >= SURE:
        return ["utter_not_a_diagnosis", _EXPLAIN]
    if turn.intent == "ask_about_medicine":
        return ["utter_medicine_advice", _EXPLAIN]
    if turn.intent == "ask_medicine_advice" and turn.confidence >= SURE:
        return ["utter_medicine_advice"]  # never only the text about the medicine
    if _REPLIES.get(turn.intent) == MANAGING and turn.confidence >= SURE:
        return []  # "when is my appointment?" asks about no topic
    if _only_tells(turn):
        return []
    if turn.topics and turn.is_question and turn.intent not in ("ask_clinic_info", "ask_why"):
        return [_EXPLAIN]
    told = turn.reports_symptoms or (turn.form == INTERVIEW and turn.changed)
    if turn.intent == "ask_topic" and told and not turn.topics:
        return []  # "worth seeing someone?" is what the interview answers
    if turn.intent in _ANSWERED_ANYWHERE and turn.confidence >= SURE:
        return [_REPLIES[turn.intent]]
    return []


def _without_form(turn: Turn) -> list[str]:
    if turn.unreadable:
        return ["action_default_fallback"]
    if turn.assessed and turn.changed and turn.reports_symptoms:
        return [*_asks(turn), "action_update_outcome"]
    if turn.assessed and turn.changed and turn.intent in ("inform", "correct_answer"):
        return [*_asks(turn), "action_update_outcome"]
    if turn.intent == "start_over" and turn.confidence >= SURE:
        return ["utter_ask_start_over"] if turn.has_told else []  # else the rule begins anew
    if turn.about_appointment or (turn.names_reference and not turn.reports_symptoms):
        return [MANAGING]
    if turn.was_asked_sign and turn.has_history and turn.triage and not turn.assessed:
        return [*_asks(turn), INTERVIEW]  # the question came before the interview could open
    resumes = turn.goes_on or (turn.offered_resume and turn.intent == "affirm")
    if resumes and turn.unfinished and turn.triage:
        return [INTERVIEW]
    agrees = turn.intent == "affirm"
    if agrees and (turn.offered_booking or (turn.names_booking and turn.assessed)):
        return [BOOKING]
    if turn.offered_booking and turn.intent == "deny":
        return ["utter_no_booking"]
    alarmed = turn.frightened or turn.calls_for_help
    if alarmed and turn.triage and not turn.assessed:
        return [*_asks(turn), INTERVIEW]  # the signs of an emergency are asked for first
    wants_booking = turn.intent == "book_appointment" or turn.second_intent == "book_appointment"
    only_books = turn.intent == "book_appointment" and turn.second_intent != "ask_topic"
    asks = [] if only_books else _asks(turn)
    if wants_booking and turn.confidence >= 0.3:
        if (turn.screened and not turn.today_untold) or not turn.triage:
            return [*asks, BOOKING]
        return [*asks, "action_note_booking_wish", INTERVIEW]
    if not turn.triage and (turn.reports_symptoms or turn.intent == "report_pain"):
        return [*asks, "utter_no_triage"]
    if turn.reports_symptoms and not turn.assessed:
        return [*asks, INTERVIEW]
    if turn.intent == "report_pain" and turn.confidence >= 0.3:
        return [*asks, "action_update_outcome" if turn.assessed else INTERVIEW]
    answers = {
        _EXPLAIN,
        "action_explain_possible_causes",
        "action_give_clinic_info",
        "action_give_summary",
        "utter_frightened",
        "utter_help_now",
        "utter_no_diagnosis",
        "utter_other_body_part",
    }
    if answers & set(asks):
        return asks
    if turn.was_asked_sign and turn.intent == "deny":
        if turn.wished_visit and turn.triage and not turn.screened:
            return ["action_note_booking_wish", INTERVIEW]
        return ["utter_sign_denied"]
    if turn.intent == "inform" and turn.changed and turn.triage and not turn.assessed:
        return [INTERVIEW]  # "all of a sudden, turning my head": the interview asks where
    if turn.intent in ("inform", "unsure"):
        # Said here: the classifier may have taken it for a goodbye.
        return ["action_default_fallback" if turn.asked_for_more else "utter_tell_me_more"]
    return []
