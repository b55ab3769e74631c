"""Numbers of cards and of social security are no way to reach anybody, and no name."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.scheduling.contact import ContactProblem, parse_contact, parse_name

separators = st.sampled_from(["", " ", "-", "."])


def luhn(digits: str) -> str:
    """The digit that makes a card's number right."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        double = int(digit) * (2 if place % 2 == 0 else 1)
        total += double - 9 if double > 9 else double
    return str(-total % 10)


@st.composite
def cards(draw: st.DrawFn) -> str:
    """Visa, Mastercard, American Express and Discover, in groups of four."""
    first = draw(st.sampled_from(["4", "51", "55", "34", "37", "6011"]))
    length = 15 if first.startswith("3") else 16
    body = first + draw(st.text("0123456789", min_size=15, max_size=15))
    number = body[: length - 1]
    number += luhn(number)
    return draw(separators).join(number[start : start + 4] for start in range(0, length, 4))


@st.composite
def social_security_numbers(draw: st.DrawFn) -> str:
    """Three, two and four digits."""
    digits = draw(st.text("0123456789", min_size=9, max_size=9))
    return draw(separators).join((digits[:3], digits[3:5], digits[5:]))


@settings(deadline=None, max_examples=100)
@given(number=st.one_of(cards(), social_security_numbers()))
def test_a_secret_number_is_no_contact_and_no_name(number: str) -> None:
    assert parse_name(number) is None
    for text in (number, f"it's {number}", f"card {number} exp 12/27"):
        try:
            found = parse_contact(text, "US")
        except ContactProblem:
            continue
        assert found is None
