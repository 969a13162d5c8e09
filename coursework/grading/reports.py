"""What the tool writes: the table of marks, what a person has to mark, and each student's feedback."""

import html

from coursework.grading.assignment import Assignment
from coursework.grading.files import read_json, write, write_csv
from coursework.grading.marks import Row, Work

STYLE = """body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .4rem .8rem;
border-bottom: 1px solid #767676; } pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
blockquote { border-left: .25rem solid #767676; margin: 0; padding-left: 1rem; white-space: pre-wrap; }"""

SAID = {
    "passed": "All tests pass.",
    "hidden failed": "The checks that you can see pass. Hidden tests fail: they use other values, other shapes or "
                     "extremes, or look at whether the input is changed.",
    "hidden late": "The checks that you can see pass. A hidden test ran too long and was interrupted.",
    "failed": "A check that you can see fails.",
    "late": "A check that you can see ran too long.",
    "stopped": "The program was stopped here.",
    "not run": "It was not run, because the program was stopped before.",
    "tampered": "No points: this check passes whatever the answer. Your teacher has a look.",
    "blank": "No answer.",
    "words": "A person marks this answer.",
}


def export(assignment: Assignment, rows: list[Row], work: Work) -> None:
    """Write ``marks.csv``, one line for each student on the roster."""
    most = sum(p.points for p in assignment.parts)
    parts = [f"{p.id} ({p.points:g})" for p in assignment.parts]
    head = ["id", "name", *parts, f"total ({most:g})", "status", "reason"]
    lines = [[r.student.id, r.student.name, *(_number(r.points[p.id]) for p in assignment.parts), _number(r.total),
              r.status, "; ".join(r.reasons)] for r in rows]
    write_csv(work.folder / "marks.csv", [head, *lines])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def to_mark(assignment: Assignment, rows: list[Row], work: Work) -> None:
    """Write ``to-mark.html``: for each question its marking scheme and the answers that wait, under numbers only."""
    body = [f"<h1>{_text(assignment.name)}: answers for a person</h1>",
            "<p>Enter points and comments in <code>by-hand.csv</code>.</p>"]
    for part in assignment.parts:
        if not part.by_hand:
            continue
        body.append(f"<h2>{_text(part.id)} ({part.points:g} points)</h2><h3>Marking scheme</h3>"
                    f"<blockquote>{_text(assignment.cells[part.index]['source'])}</blockquote>")
        for row in rows:
            result = read_json(work.result(row.student)) or {}
            answer = (result.get("words") or {}).get(part.id, "")
            if answer and row.points.get(part.id) is None:
                body.append(f"<h3>{_text(row.student.id)}</h3><blockquote>{_text(answer)}</blockquote>")
    write(work.folder / "to-mark.html", page(f"{assignment.name}: to mark", "\n".join(body)))


def feedback(assignment: Assignment, rows: list[Row], work: Work) -> int:
    """Write each student's feedback, without a line of a hidden test; return how many."""
    count = 0
    for row in rows:
        if row.total is None and row.status == "not handed in":
            work.feedback(row.student).unlink(missing_ok=True)
            continue
        write(work.feedback(row.student), one(assignment, row, work))
        count += 1
    return count


def one(assignment: Assignment, row: Row, work: Work) -> str:
    """Return a student's feedback as a page."""
    result = read_json(work.result(row.student)) or {}
    most = sum(p.points for p in assignment.parts)
    body = [f"<h1>{_text(assignment.name)}: feedback for {_text(row.student.name)}</h1>"]
    if row.total is None:
        body.append(f"<p>Your hand-in could not be graded: {_text('; '.join(row.reasons[:1]))}. "
                    "Please talk to your teacher.</p>")
        return page(f"{assignment.name}: feedback", "\n".join(body))
    waits = any(v is None for v in row.points.values())
    body.append(f"<p><strong>{row.total:g} of {most:g} points</strong>{' so far' if waits else ''}.</p>")
    heads = "".join(f"<th scope='col'>{head}</th>" for head in ("Part", "Points", "What was seen"))
    body.append(f"<table><thead><tr>{heads}</tr></thead><tbody>")
    for part in assignment.parts:
        got = result.get("parts", {}).get(part.id, {"outcome": "words", "message": ""})
        points = row.points[part.id]
        said = SAID[got["outcome"]] if points is None or got["outcome"] != "words" else ""
        cell = [f"<p>{_text(said)}</p>"] if said else []
        if got["message"]:
            cell.append(f"<pre>{_text(got['message'])}</pre>")
        if part.id in row.comments:
            cell.append(f"<p>Your teacher: {_text(row.comments[part.id])}</p>")
        body.append(f"<tr><th scope='row'>{_text(part.id)}</th>"
                    f"<td>{_number(points) or 'not yet'} of {part.points:g}</td><td>{''.join(cell)}</td></tr>")
    body.append("</tbody></table>")
    return page(f"{assignment.name}: feedback", "\n".join(body))


def page(title: str, body: str) -> str:
    """Return a page that needs nothing else; what students wrote cannot run in it."""
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    return (f"<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>{policy}"
            f"<meta name='viewport' content='width=device-width'><title>{_text(title)}</title><style>{STYLE}</style>"
            f"</head><body><main>\n{body}\n</main></body></html>\n")


def _text(text: str) -> str:
    return html.escape(str(text))
