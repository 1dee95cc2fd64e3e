"""Who someone is must not move an option; what they studied, earn or need must still be read."""

import pytest

from assistant.advise import Adviser
from assistant.impersonal import without_postcodes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I'm a Sikh looking for a marketing short course.", "I'm a Quaker looking for a marketing short course."),
        ("I'm deaf and want a level 3 bookkeeping course.", "I'm hearing and want a level 3 bookkeeping course."),
        ("My name is Emily and I want to become a nurse.", "My name is Oluwaseun and I want to become a nurse."),
        ("She wants a free maths course", "He wants a free maths course"),
    ],
)
def test_the_same_options_in_the_same_order(adviser: Adviser, one: str, other: str) -> None:
    first, second = (adviser.advise(message).answer for message in (one, other))
    assert [pick.course.id for pick in first.picks] == [pick.course.id for pick in second.picks]
    assert [claim.text for claim in first.claims] == [claim.text for claim in second.claims]


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("I am a care assistant and want to be a social worker", "care assistant"),
        ("I'm 61 and want an LLE tuition loan", "61"),
        ("I have an HNC and want a degree", "HNC"),
        ("I have no money, what can I learn?", "no money"),
        ("Access to HE health courses", "HE health"),
    ],
)
def test_what_bears_on_the_answer_is_searched_for(adviser: Adviser, message: str, kept: str) -> None:
    assert kept in " ".join(adviser.shelf.current().reader.read(message).queries)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("my postcode is B6 7AA thanks", "my postcode is thanks"),
        ("I live in Toxteth, L8 and want maths", "I live in Toxteth, and want maths"),
        ("HCA, L3, wants nursing", "HCA, L3, wants nursing"),
        ("TM111 or B208?", "TM111 or B208?"),
    ],
)
def test_postcodes_go_and_levels_and_codes_stay(text: str, left: str) -> None:
    assert without_postcodes(text) == left


def test_a_personal_number_is_never_repeated(adviser: Adviser) -> None:
    answer = adviser.advise("my NI number is QQ123456C, can I get a grant for a course?").answer
    assert "QQ123456" not in " ".join(claim.text for claim in answer.claims)
