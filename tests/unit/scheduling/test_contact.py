"""Names, phone numbers and e-mail addresses out of what people write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.scheduling.contact import ContactProblem, find_name, parse_contact, parse_name
from clinic.scheduling.port import Contact


@pytest.mark.parametrize(
    ("text", "phone", "email"),
    [
        ("(212) 555-0199", "+12125550199", None),
        ("2 1 2 5 5 5 0 1 9 9", "+12125550199", None),
        ("call me on 212.555.0199 after five", "+12125550199", None),
        ("+44 20 7946 0958", "+442079460958", None),
        ("(555) 010-0199", "+15550100199", None),
        ("my email is jane.doe@example.co.uk.", None, "jane.doe@example.co.uk"),
        ("Jane@Example.COM", None, "Jane@example.com"),
        ("jane dot doe at gmail dot com", None, "jane.doe@gmail.com"),
        ("212-555-0199 or jane@example.com", "+12125550199", "jane@example.com"),
        ("2125550199, jane@nowhere", "+12125550199", None),
    ],
)
def test_contacts_are_found_inside_a_sentence(text: str, phone: str | None, email: str | None):
    assert parse_contact(text, "US") == Contact(phone=phone, email=email)


def test_a_local_number_is_read_by_the_clinics_region():
    assert parse_contact("020 7946 0958", "GB") == Contact(phone="+442079460958")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jane@", "email"),
        ("jane@nowhere", "email"),
        ("jane..doe@example.com", "email"),
        ("12345", "phone"),
        ("my number is 5551", "phone"),
        ("my number is 917 555 01", "phone"),
        ("999-999-9999", "phone"),
    ],
)
def test_a_slip_is_told_apart_from_silence(text: str, kind: str):
    with pytest.raises(ContactProblem) as caught:
        parse_contact(text, "US")
    assert caught.value.kind == kind
    assert caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "I'm 52", "see you at 3:30", "2026-07-01 10:30", "12/14/2026", "call 911", ""),
        *("ATL-7K3M9Q", "about 7 out of 10", "pain at neck.now", "why do you need that?"),
    ],
)
def test_where_no_contact_is_given_none_is_found(text: str):
    assert parse_contact(text, "US") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is O'Brien-Lee", "O'Brien-Lee"),
        ("it's José", "José"),
        ("Jane Doe", "Jane Doe"),
        ("jane doe", "Jane Doe"),
        ("JANE DOE", "Jane Doe"),
        ("ludwig van beethoven", "Ludwig van Beethoven"),
        ("María del Carmen López", "María del Carmen López"),
        ("李小龙", "李小龙"),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("Hi, I'm Ann", "Ann"),
        ("this is Sam, thanks", "Sam"),
        ("under Smith please", "Smith"),
        ("Will Smith", "Will Smith"),
        ("Conan O\u2019Brien", "Conan O'Brien"),
        ("Jane Doe, 212-555-0199", "Jane Doe"),
        ("I'm Jane Doe and my email is jane@example.com", "Jane Doe"),
    ],
)
def test_names_are_read(text: str, name: str):
    assert parse_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *(
            "What's my name?",
            "why do you need it",
            "no",
            "stop",
            "prefer not to say",
            "cancel that",
        ),
        *("<b>Bob</b>", "Bob2", "x" * 81, "", "- -", "'", "12", "can I have tuesday"),
        *("i am in a lot of pain", "my neck hurts", "MY ARM IS ON FIRE", "my arm went numb"),
        *("I can't feel my legs", "severe chest pain", "I want to die", "Severe Chest Pain"),
        *("{name}", "[link](http://x)", "Robert'); DROP TABLE patients", "jane@example.com"),
    ],
)
def test_what_is_no_name_is_refused(text: str):
    assert parse_name(text) is None


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_of_names(text: str):
    name = parse_name(text)
    assert name is None or (1 < len(name) <= 80 and not set(name) & set("<>?{}[]@0123456789"))


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=300) | st.from_regex(r"[ \d()+.@a-c-]{0,60}", fullmatch=True))
def test_no_text_breaks_the_reader_of_contacts(text: str):
    try:
        contact = parse_contact(text, "US")
    except ContactProblem:
        return
    assert contact is None or contact.phone or contact.email


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "book me Thursday, my name is Ann O'Neil-Lee, my number is 212 555 0199",
            "Ann O'Neil-Lee",
        ),
        ("my name is jane doe and I'd like Friday", "Jane Doe"),
        ("This is Zoë Núñez, can I come tomorrow?", "Zoë Núñez"),
        ("name: Cher", "Cher"),
        ("I'm Jane, any time on Friday", "Jane"),
        ("book it for Sam Smith on Monday", "Sam Smith"),
        ("I'm in pain", None),
        ("it's urgent", None),
        ("book it for half two", None),
        ("book it for Thursday", None),
        ("tomorrow please", None),
        ("my name is <b>Bob</b>", None),
    ],
)
def test_a_name_is_found_in_a_message_that_says_more(text: str, name: str | None):
    assert find_name(text) == name
