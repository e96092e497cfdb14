"""Word and PDF files that were made to end the program that reads them."""

import io

import docx


def _pdf(*objects: str) -> bytes:
    body = "%PDF-1.4\n" + "".join(f"{i} 0 obj{o}endobj\n" for i, o in enumerate(objects, 1))
    return (body + "trailer<</Root 1 0 R>>").encode()


def _stream(head: str, content: str) -> str:
    return f"<<{head}/Length {len(content)}>>stream\n{content}\nendstream "


def _page(contents: str) -> tuple[str, ...]:
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>"
    return "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, _stream("", contents)


def drawn_by_itself(times: int = 2) -> bytes:
    """A PDF whose form draws itself."""
    form = _stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>", "/A Do " * times)
    return _pdf(*_page("/A Do"), form)


def nested_forms(depth: int = 10, times: int = 10) -> bytes:
    """A PDF of forms that each draw the next `times` times."""
    forms = [
        _stream(f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A {number + 1} 0 R>>>>", "/A Do " * times)
        for number in range(5, 5 + depth)
    ]
    return _pdf(*_page("/A Do"), *forms, _stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 m 1 1 l S "))


def word(*paragraphs: str) -> bytes:
    """A plain Word file."""
    document, data = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(data)
    return data.getvalue()
