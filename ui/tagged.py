"""Tagged PDF for reportlab, which has none of its own: what is drawn is marked as heading, paragraph, list or table.

A `Tree` is grown beside the flowables; each `Tagged` paragraph marks what it draws, on as many pages as it takes, and
`TaggedCanvas` writes the tree into the file. What is only decoration is marked as such with `artifact`. Reading order is
the order of the tree. See ISO 32000-1, 14.7 and 14.8.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFPage
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table


class Element:
    """A node of the tree. `role`: a standard structure type ("H1", "P", "TD"); `scope`: "Row" or "Column", what a "TH" is the
    head of."""

    def __init__(self, role: str, parent: Element | None, scope: str = "") -> None:
        self.role, self.scope = role, scope
        self.children: list[Element] = []
        self.marks: list[tuple[int, int]] = []
        """(page from 0, number of the mark on that page) of everything drawn for it."""
        if parent is not None:
            parent.children.append(self)

    def add(self, role: str, scope: str = "") -> Element:
        return Element(role, self, scope)

    def every(self) -> Iterator[Element]:
        """The node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.every()


class TaggedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that counts marks by page and writes the tree of its document when it is saved."""

    def __init__(self, *arguments: Any, tree: Element, made: datetime.date, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # reportlab knows only "now" and one fixed day; a record is dated by the day it was made.
        self._doc._timeStamp.YMDhms = (made.year, made.month, made.day, 0, 0, 0)
        self._tree = tree
        self._owners: list[list[Element]] = []

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to `element`."""
        page = self._pageNumber - 1
        while len(self._owners) <= page:
            self._owners.append([])
        number = len(self._owners[page])
        self._owners[page].append(element)
        element.marks.append((page, number))
        self._code.append(f"/{element.role} <</MCID {number}>> BDC")
        yield
        self._code.append("EMC")

    def save(self) -> None:
        if len(self._code):
            self.showPage()
        self._write_tree()
        super().save()

    def _write_tree(self) -> None:
        document = self._doc
        names = {id(element): f"tag{number}" for number, element in enumerate(self._tree.every())}
        for page, found in enumerate(document.Pages.pages):
            found.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
            found.StructParents, found.Tabs = page, PDFName("S")
        self._write(self._tree, PDFObjectReference("tags"), names)
        parents = [
            part
            for page, owners in enumerate(self._owners)
            for part in (page, PDFArray([PDFObjectReference(names[id(owner)]) for owner in owners]))
        ]
        root = {
            "Type": PDFName("StructTreeRoot"),
            "K": PDFObjectReference(names[id(self._tree)]),
            "ParentTree": PDFDictionary({"Nums": PDFArray(parents)}),
        }
        catalog = document.Catalog
        catalog.StructTreeRoot = document.Reference(PDFDictionary(root), "tags")
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _write(self, element: Element, parent: PDFObjectReference, names: dict[int, str]) -> None:
        here = PDFObjectReference(names[id(element)])
        kids: list[Any] = [
            PDFDictionary(
                {"Type": PDFName("MCR"), "Pg": PDFObjectReference(f"Page{page + 1}"), "MCID": number},
            )
            for page, number in element.marks
        ]
        for child in element.children:
            self._write(child, here, names)
            kids.append(PDFObjectReference(names[id(child)]))
        entry = {
            "Type": PDFName("StructElem"),
            "S": PDFName(element.role),
            "P": parent,
            "K": PDFArray(kids),
        }
        if element.role == "TH":
            entry["A"] = PDFDictionary({"O": PDFName("Table"), "Scope": PDFName(element.scope)})
        self._doc.Reference(PDFDictionary(entry), names[id(element)])


@contextmanager
def artifact(canvas: Canvas) -> Iterator[None]:
    """What is drawn inside is decoration, which nobody is read."""
    canvas._code.append("/Artifact BMC")
    yield
    canvas._code.append("EMC")


class Tagged(Paragraph):  # type: ignore[misc]
    """A paragraph that marks what it draws as `element`'s; so do the pieces of it on further pages."""

    element: Element

    def split(self, width: float, height: float) -> list[Tagged]:
        pieces: list[Tagged] = super().split(width, height)
        for piece in pieces:
            piece.element = self.element
        return pieces

    def draw(self) -> None:
        with self.canv.marked(self.element):
            super().draw()


class TaggedTable(Table):  # type: ignore[misc]
    """A table whose lines and colours are decoration; its cells are `Tagged` paragraphs."""

    def _drawBkgrnd(self) -> None:  # noqa: N802  (reportlab's own name)
        with artifact(self.canv):
            super()._drawBkgrnd()

    def _drawLines(self) -> None:  # noqa: N802
        with artifact(self.canv):
            super()._drawLines()
