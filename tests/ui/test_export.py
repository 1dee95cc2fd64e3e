"""Downloads: the same facts in every form, inert whatever a record holds, and a way back in."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant.advise import Adviser, Conversation
from assistant.answer import figures
from assistant.contract import advice_json
from assistant.profile import FIELDS
from assistant.saved import conversation_json, read_conversation
from assistant.stacking.problem import Limit
from assistant.stacking.standing import Standing
from corpus.courses import Strength
from tests.ui.records import (
    COURSE,
    DESK,
    FIRST,
    MADE,
    PATHWAY,
    PROFILE,
    SECOND,
    SILENT,
    TITLES,
    advice,
    evidence,
    record,
)  # fmt: skip
from ui.export import (
    AdviceRecord,
    Exchange,
    ResumeProblem,
    letter,
    letter_pdf,
    read_resume,
    record_of,
    titles_of,
    to_csv,
    to_html,
    to_json,
    to_pdf,
)  # fmt: skip
from ui.lines import Line
from ui.pathway_words import BLOCKERS, STANDINGS, usable_and_missing
from ui.pdf import TOFU, TOFU_MEANS
from ui.record import CUT, LONGEST_TEXT
from ui.sections import STRENGTHS, sections
from ui.words import words


class Reader(HTMLParser):
    """The tags of a page, and the words a person reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


class PdfText:
    """What an uncompressed PDF of ours says, read from its page streams with the fonts' own tables of characters."""

    def __init__(self, content: bytes) -> None:
        self.raw = content.decode("latin-1")
        maps = self._maps()
        self.pages = [
            self._page(stream, maps)
            for stream in re.findall(r"stream\r?\n(.*?)endstream", self.raw, re.S)
            if "BT" in stream
        ]
        self.text = _close("".join(self.pages))

    def _maps(self) -> dict[str, dict[int, str]]:
        """Characters by code, for each font as pages name it."""
        fonts = dict(re.findall(r"/(F\d+\+\d+) (\d+) 0 R", self.raw))
        return {name: self._map(number) for name, number in fonts.items()}

    def _object(self, number: str) -> str:
        found = re.search(rf"(?<!\d){number} 0 obj(.*?)endobj", self.raw, re.S)
        assert found
        return found[1]

    def _map(self, number: str) -> dict[int, str]:
        table = re.search(r"/ToUnicode (\d+) 0 R", self._object(number))
        assert table
        codes = self._object(table[1])
        pairs = re.findall(r"<([0-9A-F]{2})> <([0-9A-F]{4,})>", codes.upper())
        found = {int(code, 16): bytes.fromhex(value).decode("utf-16-be") for code, value in pairs}
        for first, last, values in re.findall(r"<(\w\w)> <(\w\w)>\s*\[(.*?)\]", codes, re.S):
            points = [bytes.fromhex(value).decode("utf-16-be") for value in re.findall(r"<(\w+)>", values)]
            found |= dict(zip(range(int(first, 16), int(last, 16) + 1), points, strict=True))
        return found

    def _page(self, stream: str, maps: dict[str, dict[int, str]]) -> str:
        """The words of a page but for its decoration."""
        said = re.sub(r"/Artifact BMC.*?EMC", "", stream, flags=re.S)
        text, font = "", ""
        for name, words_shown in re.findall(r"/(F\d+(?:\+\d+)?) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", said, re.S):
            if name:
                font = name
            else:
                text += "".join(maps[font][ord(code)] for code in _unescaped(words_shown)) + " "
        return text


def _unescaped(text: str) -> str:
    named = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    return re.sub(
        r"\\([0-7]{1,3}|.)",
        lambda m: chr(int(m[1], 8)) if m[1].isdigit() else named.get(m[1], m[1]),
        text,
        flags=re.S,
    )


def _close(text: str) -> str:
    """Text without any space: lines break elsewhere on each kind of page."""
    return "".join(text.split()).replace("\u2011", "-")


def pdf_text(made: AdviceRecord, **more: Any) -> PdfText:
    return PdfText(to_pdf(made, compressed=False, **more))


def lines(made: AdviceRecord) -> list[Line]:
    return [line for section in sections(made) for group in section.groups for line in group.lines]


def strings(value: Any) -> list[str]:
    """Every text in JSON."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for part in value.values() for text in strings(part)]
        case list():
            return [text for part in value for text in strings(part)]
        case _:
            return []


WHOLE = record(desk=DESK)


# One record


def test_sources_are_numbered_once_over_all_turns() -> None:
    assert [(source.number, source.record_id) for source in WHOLE.sources] == [
        (1, "size"), (2, "uni-bsc"), (3, "uni-m101"), (4, "silent"),
    ]  # fmt: skip
    assert [said.sources for turn in WHOLE.turns for said in turn.said] == [(1,), (2, 1), (), (3,)]


def test_a_course_that_nothing_cited_rests_on_its_own_page() -> None:
    assert [(one.course["id"], one.source) for one in WHOLE.courses] == [("uni-m101", 3), ("silent", 4)]
    own = WHOLE.sources[3]
    assert (own.title, own.url, own.as_of, own.confidence) == ("A quiet course", SILENT["url"], None, "low")


def test_what_was_advised_last_stands_and_the_open_question_is_the_last_one() -> None:
    dearer = {**SECOND, "courses": [{**COURSE, "price_gbp": 1300}]}
    made = record(SECOND, dearer)
    assert [one.course["price_gbp"] for one in made.courses] == [1300, None]
    assert WHOLE.open_questions == ("How many hours a week do you have?",)
    assert [other.question for other in WHOLE.ask_others] == ["Do you take my HNC?", "What does it cost in 2027?"]


def test_nobody_reads_an_id_where_a_title_is_known() -> None:
    assert WHOLE.goal == "BSc Nursing"
    page = Reader(to_html(WHOLE)).text
    assert "uni-bsc" not in page
    assert "uni-m101" not in page
    assert "gone course" in page


def test_an_empty_conversation_makes_a_record_too() -> None:
    empty = record_of([], {}, made=MADE, program="0.1.0", titles={})
    assert "Your goal is not stated." in Reader(to_html(empty)).text
    assert to_pdf(empty).startswith(b"%PDF-")


# Same facts in all four forms


def test_every_line_is_in_the_page_the_table_and_the_pdf() -> None:
    page, pdf = _close(Reader(to_html(WHOLE)).text), pdf_text(WHOLE).text
    table = {row["value"] for row in csv.DictReader(io.StringIO(to_csv(WHOLE), newline=""))}
    for line in lines(WHOLE):
        assert line.value in table
        for text in (line.value, line.label, line.origin):
            assert _close(text) in page
            assert _close(text) in pdf


def test_the_json_holds_what_the_lines_are_made_of() -> None:
    data = json.loads(to_json(WHOLE))
    texts = set(strings(data))
    for advised in (FIRST, SECOND):
        for claim in advised["claims"]:
            assert claim["text"] in texts
        for source in advised["evidence"]:
            assert {source["title"], source["url"], source["quote"]} <= texts
    assert {course.course["id"] for course in WHOLE.courses} == {course["course"]["id"] for course in data["courses"]}
    assert data["pathways"][0]["pathway"] == PATHWAY
    assert data["courses"][0]["course"] == COURSE
    assert data["made"] == "2026-11-25"
    assert data["desk"]["exemptions"] == [
        {"about": "HNC from 2016", "decision": "accepted", "reason": "Kept up to date at work since."}
    ]


def test_every_figure_of_the_pdf_is_in_the_record_and_the_other_way_round() -> None:
    said = [line for section in sections(WHOLE) for line in (section.title, section.intro)]
    said += [group.title for section in sections(WHOLE) for group in section.groups]
    said += [f"{line.label} {line.value} {line.origin} {line.as_of} {line.url} {line.sources}" for line in lines(WHOLE)]
    told, shown = figures("\n".join(said)), figures(" ".join(pdf_text(WHOLE).pages))
    assert shown == told
    assert shown >= figures("1,212.50 75 285 360 96")


def test_what_is_not_stated_is_said_and_never_none_or_nought() -> None:
    page = Reader(to_html(record(advice(courses=[SILENT])))).text
    for label in ("Credit", "Level", "Price", "How", "Time", "Start", "Entry"):
        assert f"{label}not stated" in page
    assert "A quiet course: credit, level, price, whether it is online or in person" in page
    for text in (page, to_csv(WHOLE), pdf_text(WHOLE).text, letter(WHOLE).text()):
        assert "None" not in text
        assert "null" not in text


def test_the_strength_of_a_claim_is_kept() -> None:
    page = Reader(to_html(WHOLE)).text
    assert "May count towardsBSc Nursing. after an interview" in page
    assert "This may count. It compares size and level; the university or college decides." in page
    assert "96 UK credits, level 4; too old for a start on or after 1 January 2027" in page
    assert "at least £1,212.50 (price not stated for 1 of them), 300 hours of study, 40 weeks" in page


def test_credit_that_crowds_out_a_level_is_not_promised() -> None:
    # 360 in all, 285 still needed at level 5 or above: only 75 of the 96 can count in the end.
    assert usable_and_missing(PATHWAY) == (75, 285)
    assert usable_and_missing({**PATHWAY, "level_minimums": []}) == (96, 264)


def test_what_was_not_checked_is_listed() -> None:
    page = Reader(to_html(WHOLE)).text
    for words_said in (
        "Whether a university or college admits you",
        "Prices, start dates and places on the day",
        "no certificate was seen",
        "How old some sources are: [2], [4] carry no date.",
        "Sources of low confidence: [4].",
        "One sentence was left out of the advice",
    ):
        assert words_said in page


def test_every_value_of_the_engine_has_words() -> None:
    assert BLOCKERS.keys() == {limit.value for limit in Limit}
    assert STANDINGS.keys() == {standing.value for standing in Standing}
    assert STRENGTHS.keys() == {strength.value for strength in Strength}
    say = words("en")
    assert all(say.of("profile.field", name) for name in FIELDS)


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "prior_learning"])
def test_every_fact_of_a_profile_is_shown_with_where_it_is_from(name: str) -> None:
    value = "online" if name == "mode" else 12
    made = record(profile={name: {"value": value, "from": "form"}})
    assert f"{value}" in to_html(made)
    assert "you typed it here" in to_html(made)


# Hostile text

HOSTILE = """<script>alert(1)</script>'"><img src=x onerror=alert(1)> \u202e\u2066🦆 中文 \x00\x07 ${7*7} &amp; <b>&#60; \ud800"""
SHOWN = """<script>alert(1)</script>'"><img src=x onerror=alert(1)> 🦆 中文  ${7*7} &amp; <b>&#60; \ufffd"""


def hostile(text: str) -> AdviceRecord:
    turned = advice(
        claims=[{"text": text, "kind": "fact", "citations": ["E1"]}],
        evidence=[
            evidence(1, "x", title=text, quote=text, as_of=text, confidence=text, kind=text, url=f"javascript:{text}")
        ],
        courses=[
            {
                **COURSE,
                "title": text,
                "provider": text,
                "price_note": text,
                "why": text,
                "url": f'https://e.org/"{text}',
            }
        ],
        pathways=[{**PATHWAY, "award_title": text, "assumptions": [text]}],
        ask_others=[{"who": text, "question": text}],
        notices=[text],
        questions=[text],
    )
    profile = {**PROFILE, "goal": {"value": text, "from": text}}
    return record_of(
        [Exchange(text, turned)], profile, made=MADE, program="0.1.0", titles=TITLES, desk=replace(DESK, edited=text)
    )


def test_hostile_text_is_shown_as_it_is_and_does_nothing() -> None:
    page = Reader(to_html(hostile(HOSTILE)))
    assert page.text.count(SHOWN) >= 15
    assert {tag for tag, _ in page.tags} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "section",
            "h1",
            "h2",
            "h3",
            "p",
            "b",
            "span",
            "a",
            "br",
        ),
        *("dl", "dt", "dd", "blockquote"),
    }
    allowed = {"lang", "charset", "name", "content", "http-equiv", "class", "id", "aria-labelledby", "href", "rel"}
    assert {name for _, attributes in page.tags for name in attributes} <= allowed
    for tag, attributes in page.tags:
        if tag == "a":
            assert (attributes["href"] or "").startswith(("https://", "#source-"))


def test_hostile_text_makes_a_whole_pdf() -> None:
    pdf = pdf_text(hostile(HOSTILE))
    drawn = _close(SHOWN.replace("🦆", TOFU).replace("中文", TOFU * 2).replace("\ufffd", TOFU))
    assert pdf.text.count(drawn) >= 15
    assert _close(TOFU_MEANS) in pdf.text
    assert "/URI (javascript" not in pdf.raw
    assert "/JavaScript" not in pdf.raw


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//e.org", "data:text/html,x", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    made = record(advice(courses=[{**COURSE, "url": url}], evidence=[evidence(1, "x", url=url)]))
    links = [attributes["href"] for tag, attributes in Reader(to_html(made)).tags if tag == "a"]
    assert {link for link in links if link and link[0] != "#"} == set()
    assert "/URI" not in pdf_text(made).raw


def test_a_very_long_word_fits_on_pages_and_what_is_cut_says_so() -> None:
    made = hostile("Ŵ" * 10_000)
    assert made.turns[0].question == "Ŵ" * (LONGEST_TEXT - len(CUT)) + CUT
    assert len(pdf_text(made).pages) > 10
    assert CUT in to_html(made)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_starts_a_formula(start: str) -> None:
    made = hostile(f'{start}HYPERLINK("https://e.org")')
    cells = [cell for row in csv.reader(io.StringIO(to_csv(made), newline="")) for cell in row]
    assert any(f"{start}HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


@pytest.mark.parametrize("start", ["\t=", "\r=", "\n=", " =", "\u200b=", "\x00="])
def test_nothing_unseen_hides_a_formula(start: str) -> None:
    cells = [cell for row in csv.reader(io.StringIO(to_csv(hostile(f"{start}1+1")), newline="")) for cell in row]
    assert "'=1+1" in cells
    assert "=1+1" not in cells


# The PDF file


def test_the_pdf_is_tagged_titled_and_in_a_language() -> None:
    raw = pdf_text(WHOLE).raw
    for part in (
        "/Lang (en-GB)",
        "/Marked true",
        "/StructTreeRoot",
        "/DisplayDocTitle true",
        "/Title (Your course advice)",
    ):
        assert part in raw
    assert "D:20261125000000" in raw
    for role in ("/S /H1", "/S /H2", "/S /H3", "/S /Table", "/S /TH", "/S /TD", "/S /P"):
        assert role in raw


def test_every_word_of_the_pdf_belongs_to_a_tag_or_is_decoration() -> None:
    for stream in re.findall(r"stream\r?\n(.*?)endstream", pdf_text(WHOLE).raw, re.S):
        outside = re.sub(r"/\w+ <</MCID \d+>> BDC.*?EMC|/Artifact BMC.*?EMC", "", stream, flags=re.S)
        if "BT" not in stream:
            continue
        assert "Tj" not in outside
        assert not re.search(r"(?<!\S)(?:S|f\*?|B\*?|re)(?!\S)", outside)


def test_every_mark_of_the_pdf_is_in_its_tree_once() -> None:
    raw = pdf_text(hostile("many words " * 300)).raw
    drawn = len(re.findall(r"<</MCID \d+>> BDC", raw))
    assert drawn == len(re.findall(r"/MCID \d+ /Pg", raw)) > 50


def test_the_pdf_has_bookmarks_and_links_to_sources_only() -> None:
    raw = pdf_text(WHOLE).raw
    bookmarks = [_unescaped(found) for found in re.findall(r"/Title \(((?:\\.|[^\\)])*)\)", raw)]
    assert [section.title for section in sections(WHOLE)] == bookmarks[bookmarks.index("Your goal") :][
        : len(sections(WHOLE))
    ]
    assert set(re.findall(r"/URI \((.*?)\)", raw)) == {
        *(source.url for source in WHOLE.sources),
        *(one.course["url"] for one in WHOLE.courses),
    }


def test_letters_of_welsh_and_signs_of_money_are_drawn() -> None:
    signs = "Ŵŵ Ŷŷ Ââ Êê Îî Ôô Ûû Ää £ € “ ” ‘ ’ – — … × ½"
    assert _close(signs) in pdf_text(record(profile={"goal": {"value": signs, "from": "form"}})).text


def test_equal_records_give_equal_files() -> None:
    assert to_pdf(record(desk=DESK)) == to_pdf(WHOLE)


# The page


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    page = Reader(to_html(WHOLE))
    assert not {"script", "link", "img", "iframe", "form"} & {tag for tag, _ in page.tags}
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert "url(" not in to_html(WHOLE)


def test_numbers_in_the_page_lead_to_their_sources() -> None:
    page = Reader(to_html(WHOLE))
    places = {attributes.get("id") for _, attributes in page.tags}
    jumps = {
        attributes["href"] or "" for tag, attributes in page.tags if tag == "a" and (attributes["href"] or "")[0] == "#"
    }
    assert jumps == {"#source-1", "#source-2", "#source-3", "#source-4"}
    assert {jump[1:] for jump in jumps} <= places


# The letter


def test_the_letter_asks_precisely_and_names_nobody() -> None:
    text = letter(WHOLE, university="Example University").text()
    for part in (
        "Subject: Will you count my earlier study towards BSc Nursing?",
        "To: the admissions team, Example University",
        "What I studied: HNC Care\nCredits: 96 SCQF credit points\nLevel: 7 (SCQF)\nYear finished: 2016\nWho awarded it: SQA",
        "What I studied: Evening class in Welsh (Cŵrs Ŷ)\nCredits: not stated\nLevel: not stated",
        "starting in [year you want to start]",
        "[your name]",
    ):
        assert part in text
    for asked in ("How many credits", "Which modules", "How old", "cost", "By what date", "in writing"):
        assert asked in text


def test_a_letter_without_an_award_or_study_leaves_blanks() -> None:
    bare = record_of([], {}, made=MADE, program="0.1.0", titles={})
    text = letter(bare).text()
    assert "[the award you want]" in text
    assert "[university or college]" in text
    assert "What I studied: [title of the course]" in text


def test_a_letter_leaves_out_the_words_of_our_own_records() -> None:
    assert "national minimum" not in letter(WHOLE, "CertHE Care (national minimum)").text()


def test_the_letter_is_in_the_pdf_word_for_word() -> None:
    written = letter(WHOLE)
    for pdf in (pdf_text(WHOLE, letters=[written]), PdfText(letter_pdf(written, compressed=False))):
        for part in (
            *written.opening,
            *written.questions,
            *written.closing,
            *(cell for row in written.table for cell in row),
        ):
            assert _close(part) in pdf.text


# The way back in


def test_a_conversation_comes_back_from_its_own_download() -> None:
    before = Conversation().with_audience(Conversation().audience)
    made = record(conversation=conversation_json(before))
    assert read_conversation(read_resume(to_json(made).encode())) == before


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "a file that is not JSON"),
        (b"\xff\xfe", "a file that is not JSON"),
        (b"[" * 100_000, "a file that is not JSON"),
        (b"[]", "another kind of file"),
        (b'{"format": "other"}', "another kind of file"),
        (b'{"format": "stack-advisor advice record", "version": 2}', "version 2"),
        (to_json(WHOLE).encode(), "a file without a conversation"),
        (
            b'{"format": "stack-advisor advice record", "version": 1, "conversation": []}',
            "a file without a conversation",
        ),
        (b" " * 2_000_001, "2,000,001 bytes"),
    ],
)
def test_a_file_that_cannot_be_opened_is_one_clear_error(content: bytes, found: str) -> None:
    with pytest.raises(ResumeProblem) as raised:
        read_resume(content)
    assert raised.value.found == found
    assert str(raised.value).startswith(f"found {found}, expected ")
    assert "\n" not in str(raised.value)


# A real conversation


def test_a_real_conversation_is_kept_whole(adviser: Adviser) -> None:
    conversation, exchanges = Conversation(), []
    for question in (
        "I have 60 credits at level 4 from the Open University in 2012. What is missing for an OU CertHE Open? I have £2000.",
        "Free online bookkeeping course?",
    ):
        advised = adviser.advise(question, conversation)
        conversation = advised.conversation
        exchanges.append(Exchange(question, advice_json(advised)))
    titles = titles_of(adviser.shelf.current().catalogue)
    made = record_of(
        exchanges, conversation.profile.to_json(), made=MADE, program="0.1.0", titles=titles,
        conversation=conversation_json(conversation),
    )  # fmt: skip
    page, pdf = _close(Reader(to_html(made)).text), pdf_text(made).text
    for exchange in exchanges:
        for claim in exchange.advice["claims"]:
            assert _close(claim["text"]) in page
            assert _close(claim["text"]) in pdf
    assert made.pathways
    assert made.courses
    said = " ".join(line.value + line.label for line in lines(made))
    assert not [record_id for record_id in titles if "-" in record_id and f" {record_id} " in f" {said} "]
    assert read_conversation(read_resume(to_json(made).encode())) == conversation
