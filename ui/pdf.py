"""A record of advice as a PDF to print or send: tagged, with bookmarks and links, on A4. Pure: the same record, the same pages.

A character that the typeface lacks (Chinese, an emoji) shows as □, and the last page says what □ means.
"""

from __future__ import annotations

import datetime
import html
import io
from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import Any

import fontpkg_lato
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageBreak, PageTemplate, Spacer

from ui.letter import Letter
from ui.lines import TITLE, Group, Line, Section, day_words
from ui.record import AdviceRecord, Source, web
from ui.sections import PURPOSE, sections
from ui.tagged import Element, Tagged, TaggedCanvas, TaggedTable, artifact

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
ROOM = 40 * mm
"""Height that must be left on a page for a section to begin there."""
LABEL, SHORT_LABEL = 0.28, 0.07
"""Share of the width for the labels of facts; for labels as short as "[12]"."""
INK, QUIET, TEAL, PALE, RULE = (HexColor(c) for c in ("#16232b", "#4b5b66", "#0a5f5b", "#eef4f3", "#cfd8d5"))
TOFU = "□"
TOFU_MEANS = f"{TOFU} stands for a character that this file has no letter shape for. The web page copy shows it."
FACES = {"Lato": "Regular", "Lato-Bold": "Bold"}

STYLES = {
    "Title": ParagraphStyle("Title", fontName="Lato-Bold", fontSize=22, leading=27, textColor=TEAL, spaceAfter=4),
    "Lead": ParagraphStyle("Lead", fontName="Lato", fontSize=10, leading=14, textColor=QUIET, spaceAfter=4),
    "H2": ParagraphStyle("H2", fontName="Lato-Bold", fontSize=14, leading=18, textColor=TEAL, spaceBefore=12, spaceAfter=4),
    "H3": ParagraphStyle("H3", fontName="Lato-Bold", fontSize=10.5, leading=14, textColor=INK, spaceBefore=6, spaceAfter=2),
    "P": ParagraphStyle("P", fontName="Lato", fontSize=10, leading=14.5, textColor=INK, spaceAfter=4),
    "Cell": ParagraphStyle("Cell", fontName="Lato", fontSize=9.5, leading=13, textColor=INK),
    "Quote": ParagraphStyle(
        "Quote", fontName="Lato", fontSize=10, leading=14.5, textColor=INK, spaceAfter=5, spaceBefore=1,
        leftIndent=8, borderPadding=(5, 8, 6, 8), backColor=PALE, rightIndent=8,
    ),
}  # fmt: skip


def to_pdf(record: AdviceRecord, *, compressed: bool = True, letters: Iterable[Letter] = ()) -> bytes:
    """The record as a PDF file, each letter on a page of its own at the end. `compressed=False` leaves the pages readable to
    a test."""
    _fonts()
    pages = _built(record, compressed, letters, None)[1]
    return _built(record, compressed, letters, pages)[0]


def letter_pdf(letter: Letter, *, compressed: bool = True) -> bytes:
    """One letter as a PDF file of its own."""
    _fonts()
    tree = Element("Document", None)
    return _file(list(_Writer(tree, {}).letter(letter)), tree, letter.subject, letter.made, compressed, None, "")[0]


@cache
def _fonts() -> None:
    """The typeface in reportlab's own register, once: its files come with a package, nothing is fetched."""
    for name, face in FACES.items():
        pdfmetrics.registerFont(TTFont(name, fontpkg_lato.ROOT / "files" / f"Lato-{face}.ttf"))
    pdfmetrics.registerFontFamily("Lato", normal="Lato", bold="Lato-Bold", italic="Lato", boldItalic="Lato-Bold")


@cache
def _shapes() -> frozenset[int]:
    """The characters that every face has."""
    return frozenset.intersection(*(frozenset(pdfmetrics.getFont(name).face.charToGlyph) for name in FACES))


def _built(record: AdviceRecord, compressed: bool, letters: Iterable[Letter], pages: int | None) -> tuple[bytes, int]:
    tree = Element("Document", None)
    writer = _Writer(tree, {source.number: source for source in record.sources})
    story = list(writer.record(record))
    for letter in letters:
        story += [PageBreak(), *writer.letter(letter)]
    return _file(story, tree, TITLE, record.made, compressed, pages, f"Stack Advisor · {day_words(record.made)}")


def _file(
    story: list[Flowable],
    tree: Element,
    title: str,
    made: datetime.date,
    compressed: bool,
    pages: int | None,
    footer: str,
) -> tuple[bytes, int]:
    """The file and how many pages it has. `pages`: the total for "page 1 of 3"; `None` while it is not known."""
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=title, author="Stack Advisor", lang="en-GB", pageCompression=int(compressed),
        leftMargin=MARGIN, rightMargin=MARGIN, displayDocTitle=True, invariant=1, initialFontName="Lato",
    )  # fmt: skip
    frame = Frame(
        MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    below = partial(_furniture, footer=footer, pages=pages)
    document.addPageTemplates(PageTemplate("page", [frame], onPage=below))
    document.build(story, canvasmaker=partial(TaggedCanvas, tree=tree, made=made))
    return out.getvalue(), document.page


def _furniture(canvas: TaggedCanvas, document: BaseDocTemplate, *, footer: str, pages: int | None) -> None:
    """The band above and the lines below: nobody needs them read out on every page."""
    with artifact(canvas):
        canvas.saveState()
        canvas.setFillColor(TEAL)
        canvas.rect(0, A4[1] - 5 * mm, A4[0], 5 * mm, stroke=0, fill=1)
        canvas.setFont("Lato", 8)
        canvas.setFillColor(QUIET)
        canvas.drawString(MARGIN, 11 * mm, footer)
        canvas.drawRightString(A4[0] - MARGIN, 11 * mm, f"Page {document.page}" + (f" of {pages}" if pages else ""))
        canvas.restoreState()


class _Bookmark(Flowable):  # type: ignore[misc]
    """An entry of the outline that leads here."""

    def __init__(self, key: str, title: str, level: int) -> None:
        super().__init__()
        self._key, self._title, self._level = key, title, level

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.bookmarkHorizontal(self._key, 0, 20)
        self.canv.addOutlineEntry(self._title, self._key, self._level)


class _Writer:
    """Turns sections into flowables, growing the tree of tags beside them."""

    def __init__(self, tree: Element, sources: dict[int, Source]) -> None:
        self._tree = tree
        self._sources = sources
        self._bookmarks = 0
        self.lacking = False
        """Whether any character was replaced."""

    def record(self, record: AdviceRecord) -> Iterator[Flowable]:
        yield from self.heading("H1", TITLE, "Title")
        yield from self.paragraph("P", f"Made on {day_words(record.made)} by Stack Advisor. {PURPOSE}", "Lead")
        for section in sections(record):
            yield from self.section(section)
        if self.lacking:
            yield from self.paragraph("P", TOFU_MEANS, "Lead")

    def section(self, section: Section) -> Iterator[Flowable]:
        opening = [*self.heading("H2", section.title, "H2")]
        if section.intro:
            opening += self.paragraph("P", section.intro, "Lead")
        # A heading never stands alone at the foot of a page.
        yield from (CondPageBreak(ROOM), *opening)
        for group in section.groups:
            if group.lines:
                yield from self.group(group)

    def group(self, group: Group) -> Iterator[Flowable]:
        if group.title:
            yield CondPageBreak(ROOM / 2)
            yield from self.paragraph("H3", self.linked(group.title, group.url), "H3", markup=True)
        match group.look:
            case "facts":
                yield self.facts(group.lines)
                yield Spacer(0, 4)
            case "quotes":
                for line in group.lines:
                    yield from self.paragraph("P", f"<b>{self.safe(line.label)}:</b>", "P", markup=True)
                    yield from self.paragraph("P", f"“{self.safe(line.value)}”", "Quote", markup=True)
            case "text":
                for line in group.lines:
                    lead = f"<b>{self.safe(line.label)}:</b> " if line.label else ""
                    yield from self.paragraph("P", lead + self.value(line), "P", markup=True)

    def facts(self, lines: tuple[Line, ...]) -> Flowable:
        table = self._tree.add("Table")
        rows = [
            self._row(table, ("TH", f"<b>{self.safe(line.label)}</b>"), ("TD", self.value(line)), scope="Row")
            for line in lines
        ]
        label = SHORT_LABEL if all(len(line.label) <= len("[12]") for line in lines) else LABEL
        return _table(rows, (WIDTH * label, WIDTH * (1 - label)))

    def value(self, line: Line) -> str:
        """What a line says, where it is from, and its sources as links, as markup."""
        origin = f" <font color='#4b5b66'>({self.safe(line.origin)})</font>" if line.origin else ""
        dated = f" <font color='#4b5b66'>(as of {self.safe(line.as_of)})</font>" if line.as_of and line.sources else ""
        address = f"<br/>{self.linked(line.url, line.url)}" if line.url else ""
        marks = "".join(f" {self.linked(f'[{number}]', self._address(number))}" for number in line.sources)
        return self.safe(line.value) + origin + dated + marks + address

    def _address(self, number: int) -> str | None:
        return self._sources[number].url

    def letter(self, letter: Letter) -> Iterator[Flowable]:
        yield from self.heading("H1", letter.subject, "H2")
        for part in letter.opening:
            yield from self.paragraph("P", part, "P")
        table = self._tree.add("Table")
        head, *rows = letter.table
        cells = [self._row(table, *(("TH", f"<b>{self.safe(cell)}</b>") for cell in head))]
        cells += [self._row(table, *(("TD", self.safe(cell)) for cell in row)) for row in rows]
        yield _table(cells, (WIDTH * 0.3, WIDTH * 0.2, WIDTH * 0.16, WIDTH * 0.12, WIDTH * 0.22), head=True)
        yield Spacer(0, 8)
        for number, question in enumerate(letter.questions, start=1):
            yield from self.paragraph("P", f"{number}. {question}", "P")
        for part in letter.closing:
            yield from self.paragraph("P", part, "P")

    def _row(self, table: Element, *cells: tuple[str, str], scope: str = "Column") -> list[Tagged]:
        """Cells of (role, markup); `scope`: what its header cells are the heads of."""
        row = table.add("TR")
        return [self._tagged(row.add(role, scope), markup, "Cell") for role, markup in cells]

    def heading(self, role: str, text: str, style: str) -> Iterator[Flowable]:
        self._bookmarks += 1
        yield _Bookmark(f"s{self._bookmarks}", self.drawable(text), 0 if role == "H1" else 1)
        yield from self.paragraph(role, text, style)

    def paragraph(self, role: str, text: str, style: str, *, markup: bool = False) -> Iterator[Flowable]:
        """A paragraph of plain text, or of markup made here."""
        yield self._tagged(self._tree.add(role), text if markup else self.safe(text), style)

    def _tagged(self, element: Element, markup: str, style: str) -> Tagged:
        made = Tagged(markup, STYLES[style])
        made.element = element
        return made

    def linked(self, text: str | None, url: str | None) -> str:
        words = self.safe(text or "")
        return f"<a href='{html.escape(url)}' color='#0a5f5b'><u>{words}</u></a>" if web(url) and url else words

    def safe(self, text: str) -> str:
        """Any text as reportlab markup that shows it as it is."""
        return html.escape(self.drawable(text), quote=False).replace("\n", "<br/>")

    def drawable(self, text: str) -> str:
        """The text with □ for what the typeface has no shape for; a no-break hyphen as a hyphen."""
        plain = text.replace("\u2011", "-")
        drawn = "".join(c if c == "\n" or ord(c) in _shapes() else TOFU for c in plain)
        self.lacking = self.lacking or drawn != plain
        return drawn


def _table(rows: list[list[Tagged]], widths: tuple[float, ...], *, head: bool = False) -> Flowable:
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("BACKGROUND", (0, 0), (-1, 0) if head else (0, -1), PALE),
    ]
    return TaggedTable(rows, colWidths=widths, style=style, repeatRows=int(head), splitInRow=1)
