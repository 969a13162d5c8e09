"""Small notebooks for the tests."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from tests.notebooks import refresh


def notebook(*cells: tuple[str, str] | tuple[str, str, str]) -> NotebookNode:
    """Return a notebook in normal form. A cell is ("md" | "code" | "solution", source[, what it printed])."""
    book = v4.new_notebook(metadata=refresh.METADATA)
    book.nbformat_minor = 5
    for kind, source, *printed in cells:
        cell = v4.new_markdown_cell(source) if kind == "md" else v4.new_code_cell(source)
        cell.id = f"{kind}-{len(book.cells)}"
        if kind != "md":
            cell.execution_count = 1 + sum(c.cell_type == "code" for c in book.cells)
            cell.outputs = [v4.new_output("stream", name="stdout", text=text) for text in printed]
        if kind == "solution":
            cell.metadata |= {"tags": ["solution"], "jupyter": {"source_hidden": True}}
        book.cells.append(cell)
    return nbformat.from_dict(book)


def write(path: Path, *cells: tuple[str, str] | tuple[str, str, str]) -> Path:
    """Write such a notebook and return its path."""
    path.write_bytes(refresh.as_bytes(notebook(*cells)))
    return path
