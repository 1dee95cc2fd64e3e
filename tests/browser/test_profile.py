"""What is known about a learner, beside the chat: seen, changed, deleted, brought in, and each change answered anew."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor

LOAN = "Can I get a loan for one module?"
AUDIT = "What counts towards a Certificate of Higher Education?"


def change(learner: Visitor, key: str, value: str, field: str | None = None) -> None:
    """Opens the form of a fact, types, and sends it with Enter; by keyboard only."""
    learner.page.locator(f"details[data-key={key}] > summary").focus()
    learner.page.keyboard.press("Enter")
    box = learner.page.locator(f"#sa-about-{field or key}")
    if box.evaluate("box => box.tagName") == "SELECT":
        box.select_option(value)
        learner.page.locator(f"form[data-name={key}] button[type=submit]").focus()
    else:
        box.fill(value)
    learner.page.keyboard.press("Enter")


def test_a_fact_is_shown_with_its_origin_and_a_change_is_answered_anew(visit: Visit) -> None:
    learner = visit()
    learner.ask("I live in Wales.")
    first = learner.ask(LOAN)
    you = learner.view("you")
    expect(you).to_contain_text("Where you live")
    expect(you).to_contain_text("you said, message 1")
    change(learner, "nation", "England")
    second = learner.answered(2)
    assert second != first
    expect(you.locator(".sa-value")).to_have_text(["England"])
    expect(you).to_contain_text("you typed it here")
    expect(learner.page.locator("#sa-status")).to_contain_text("Saved.")
    expect(learner.page.locator(".sa-note")).to_contain_text("Where you live")


def test_a_fact_is_deleted_and_the_answer_is_a_strangers(visit: Visit) -> None:
    alone = visit().ask(LOAN)
    learner = visit()
    learner.ask("I live in Wales.")
    assert learner.ask(LOAN) != alone
    learner.view("you")
    learner.page.get_by_role("button", name="Delete Where you live").click()
    assert learner.answered(2) == alone
    expect(learner.page.locator("#sa-you .sa-value")).to_have_count(0)


def test_a_fact_can_be_given_before_any_question(visit: Visit) -> None:
    learner = visit()
    learner.view("you")
    change(learner, "nation", "Wales")
    expect(learner.page.locator("#sa-you .sa-value")).to_have_text(["Wales"])
    expect(learner.answers).to_have_count(0)
    told = learner.ask(LOAN)
    assert told != visit().ask(LOAN)


def test_what_cannot_be_used_stays_in_its_box_and_is_explained(visit: Visit) -> None:
    learner = visit()
    learner.view("you")
    change(learner, "age", "about forty")
    box = learner.page.locator("#sa-about-age")
    expect(box).to_have_value("about forty")
    expect(box).to_have_attribute("aria-invalid", "true")
    faults = learner.page.locator("#sa-about-age-faults")
    expect(faults).to_contain_text("a number from 0 to 120")
    expect(faults).to_be_focused()
    box.fill("40")
    learner.page.keyboard.press("Enter")
    expect(learner.page.locator("#sa-you .sa-value")).to_have_text(["40"])


def test_half_typed_facts_survive_another_being_saved(visit: Visit) -> None:
    learner = visit()
    learner.view("you")
    learner.page.locator("details[data-key=goal] > summary").click()
    learner.page.locator("#sa-about-goal").fill("become a nurse")
    change(learner, "age", "40")
    expect(learner.page.locator("#sa-you .sa-value")).to_have_text(["40"])
    expect(learner.page.locator("#sa-about-goal")).to_have_value("become a nurse")
    expect(learner.page.locator("#sa-about-budget_gbp")).to_have_value("")


def test_prior_learning_is_typed_row_by_row_with_the_keyboard(visit: Visit) -> None:
    learner = visit()
    learner.ask(AUDIT)
    learner.view("you")
    press = learner.page.keyboard.press
    learner.page.locator("details[data-key=prior] > summary").focus()
    press("Enter")
    learner.page.locator("[data-add-row]").focus()
    press("Enter")
    row = learner.page.locator(".sa-item:not([hidden])").first
    expect(row.get_by_label("Title")).to_be_focused()
    learner.page.keyboard.type("K102")
    press("Tab")
    learner.page.keyboard.type("60")
    row.get_by_label("Kind of credit").select_option("CATS")
    row.get_by_label("Level", exact=True).fill("4")
    row.get_by_label("Year finished").fill("2023")
    row.get_by_label("Year finished").press("Enter")
    learner.answered(1)
    expect(learner.page.locator("#sa-you .sa-prior > .sa-list")).to_contain_text("K102")
    expect(learner.page.locator("#sa-you .sa-prior > .sa-list")).to_contain_text("Credits: 60 CATS")


def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_is_lost(visit: Visit) -> None:
    learner = visit()
    learner.view("you")
    learner.page.locator("details[data-key=prior] > summary").click()
    learner.page.locator("#sa-paste").fill("Title\tCredits\tLevel\nK102\t60\t4\nK103\tsixty\t4\n")
    learner.page.get_by_role("button", name="Add these rows").click()
    expect(learner.page.locator("#sa-prior-faults")).to_contain_text("Row 2, Credits: “sixty” is not a number")
    expect(learner.page.locator("#sa-prior-faults")).to_be_focused()
    rows = learner.page.locator(".sa-item:not([hidden])")
    expect(rows).to_have_count(2)
    wrong = rows.nth(1).get_by_label("Credits", exact=True)
    expect(wrong).to_have_value("sixty")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    wrong.fill("60")
    learner.page.get_by_role("button", name="Use this table").click()
    expect(learner.page.locator("#sa-you .sa-prior > .sa-list li")).to_have_count(2)


def test_a_csv_file_is_read_and_deleted_rows_are_gone(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "studied.csv"
    file.write_text(
        "title,credits,level,awarding_body\nK102,60,4,The Open University\n<b>Care</b>,30,4,\n", encoding="utf-8-sig"
    )
    learner = visit()
    learner.view("you")
    learner.page.locator("details[data-key=prior] > summary").click()
    learner.page.set_input_files("#sa-csv", file)
    listed = learner.page.locator("#sa-you .sa-prior > .sa-list li")
    expect(listed).to_have_count(2)
    expect(listed.nth(1)).to_contain_text("<b>Care</b>")
    expect(learner.page.locator("#sa-status")).to_contain_text("2 rows added.")
    learner.page.locator("details[data-key=prior] > summary").click()
    learner.page.get_by_role("button", name="Delete row 1").click()
    learner.page.get_by_role("button", name="Use this table").click()
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("<b>Care</b>")


def test_a_file_that_is_no_text_is_refused(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "studied.csv"
    file.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    learner = visit()
    learner.view("you")
    learner.page.locator("details[data-key=prior] > summary").click()
    learner.page.set_input_files("#sa-csv", file)
    expect(learner.page.locator("#sa-prior-faults")).to_contain_text("This is not a text file")


def test_two_visitors_have_their_own_profiles(visit: Visit) -> None:
    one, two = visit(), visit()
    one.view("you")
    two.view("you")
    change(one, "nation", "Wales")
    change(two, "nation", "Scotland")
    expect(one.page.locator("#sa-you .sa-value")).to_have_text(["Wales"])
    expect(two.page.locator("#sa-you .sa-value")).to_have_text(["Scotland"])


def test_rows_that_are_not_saved_yet_survive_a_message(visit: Visit) -> None:
    learner = visit()
    learner.view("you")
    learner.page.locator("details[data-key=prior] > summary").click()
    learner.page.locator("[data-add-row]").click()
    row = learner.page.locator(".sa-item:not([hidden])")
    row.get_by_label("Title").fill("K102")
    row.get_by_label("Kind of credit").select_option("ECTS")
    learner.ask(f"I live in Wales. {LOAN}")
    expect(learner.page.locator("#sa-you .sa-value")).to_have_text(["Wales"])
    expect(row).to_have_count(1)
    expect(row.get_by_label("Title")).to_have_value("K102")
    expect(row.get_by_label("Kind of credit")).to_have_value("ECTS")
