"""The conversation as it is shown: sources that open, limits that come off, and nothing alive that somebody wrote."""

from dataclasses import replace

from assistant.advise import Conversation
from assistant.answer import AskOther, Claim, ClaimKind
from tests.ui.test_fragments import HOSTILE, SOURCE, UNDATED, Reader, answer
from ui.session import Session, Turn
from ui.transcript import EXAMPLES, limits_html, prose_html, transcript_html
from ui.words import words

W = words("en")
FACT = Claim("One credit is 10 hours.", ClaimKind.FACT, (SOURCE,))
MORE = Claim("That is all.", ClaimKind.ADVICE)
OTHER = Claim("A page says so.", ClaimKind.FACT, (UNDATED,))
ITEM = Claim("A course.", ClaimKind.FACT, (UNDATED,), bullet=True)
FOUND = answer(claims=(FACT, MORE, OTHER, ITEM), evidence=(SOURCE, UNDATED), questions=("Where do you live?",))


def session(*answers: object, said: str | None = "What is a credit?") -> Session:
    turns = tuple(Turn(said, one, {}, before=Conversation()) for one in answers)  # type: ignore[arg-type]
    return Session(turns=turns)


def shown(now: Session, **more: bool) -> Reader:
    return Reader(transcript_html(now, W, **more))


def deeds(page: Reader) -> list[str | None]:
    return [named["data-do"] for _, named in page.tags if "data-do" in named]


def test_at_first_there_are_examples_to_send() -> None:
    page = shown(Session())
    assert [named["data-text"] for _, named in page.tags if named.get("data-do") == "say"] == [
        W.of("page.example", name) for name in EXAMPLES
    ]


def test_sentences_on_one_source_make_a_paragraph_with_its_number() -> None:
    page = Reader(prose_html(FOUND, 0, W))
    assert [tag for tag, _ in page.tags if tag in ("p", "ul", "li")] == ["p", "p", "ul", "li", "p"]
    assert "One credit is 10 hours. [1] That is all." in page.text
    assert page.text.endswith("Where do you live?")


def test_each_number_opens_its_own_source_with_date_confidence_and_quote() -> None:
    page = shown(session(FOUND, FOUND))
    opened = [named["popovertarget"] for _, named in page.tags if named.get("class") == "sa-mark"]
    sources = [
        named["id"] for _, named in page.tags if named.get("class") == "sa-popover" and "cited" in str(named["id"])
    ]
    assert sources == ["sa-cited-1-1", "sa-cited-1-2", "sa-cited-2-1", "sa-cited-2-2"]
    assert set(opened) == set(sources)
    assert "Rule or fact · as of 2025-01 · high confidence" in page.text
    ids = [named["id"] for _, named in page.tags if "id" in named]
    assert len(ids) == len(set(ids))


def test_only_the_last_turn_is_taken_back() -> None:
    assert deeds(shown(session(FOUND, FOUND))) == ["retry", "edit", "over"]


def test_a_resumed_turn_is_not_taken_back() -> None:
    resumed = replace(session(FOUND), turns=(Turn("x", FOUND, {}),))
    assert deeds(shown(resumed)) == ["over"]


def test_while_a_message_is_worked_on_nothing_else_is_offered() -> None:
    page = shown(replace(session(FOUND), sending="And a level?"))
    assert deeds(page) == []
    assert "And a level?" in page.text


def test_thumbs_are_offered_only_where_they_are_stored() -> None:
    assert "thumb" not in deeds(shown(session(FOUND)))
    assert deeds(shown(session(FOUND), feedback=True)).count("thumb") == 2


def test_after_a_thumb_down_there_is_a_list_of_reasons() -> None:
    (turn,) = session(FOUND).turns
    down = shown(replace(session(FOUND), turns=(replace(turn, up=False, receipt="r"),)), feedback=True)
    assert "It missed what I asked" in down.text
    assert "Please leave out names" in down.text
    said_why = replace(turn, up=False, receipt="r", note_given=True)
    assert "Thank you." in shown(replace(session(FOUND), turns=(said_why,)), feedback=True).text


def test_a_limit_is_a_button_that_says_what_it_takes_off() -> None:
    page = Reader(limits_html({"max_price": "up to £200", "mode": "online"}, W))
    assert [named["data-name"] for _, named in page.tags if "data-name" in named] == ["max_price", "mode"]
    assert "Remove this limit: up to £200" in page.text
    assert limits_html({}, W) == ""


def test_follow_ups_send_themselves() -> None:
    page = shown(session(replace(FOUND, follow_ups=("I live in Wales.",))))
    assert [named["data-text"] for _, named in page.tags if named.get("data-do") == "say"] == ["I live in Wales."]


def test_the_log_is_not_live() -> None:
    (log,) = [named for _, named in shown(session(FOUND)).tags if named.get("role") == "log"]
    assert (log["aria-live"], log["data-turns"]) == ("off", "1")


def test_hostile_words_are_shown_as_they_are_and_do_nothing() -> None:
    source = replace(SOURCE, title=HOSTILE, quote=HOSTILE, as_of=HOSTILE, kind=HOSTILE, url='https://e.org/"><script>')
    claims = (Claim(HOSTILE, ClaimKind.FACT, (source,)), Claim(HOSTILE, ClaimKind.FACT, (source,), bullet=True))
    whole = answer(
        claims=claims, evidence=(source,), ask_others=(AskOther(HOSTILE, HOSTILE),), questions=(HOSTILE,), notices=(HOSTILE,),
        follow_ups=(HOSTILE,),
    )  # fmt: skip
    page = shown(replace(session(whole, said=HOSTILE), trouble=HOSTILE), feedback=True)
    assert page.text.count(HOSTILE) >= 10
    assert not {"script", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert not [name for _, named in page.tags for name in named if name.startswith("on")]
    assert {a["href"] for a in page.links if not str(a["href"]).startswith("#")} == {'https://e.org/"><script>'}
    assert page.open == []
