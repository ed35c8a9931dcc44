"""QR pictures. The only importer of segno."""

import io

import segno


def qr_svg(text: str) -> str:
    """Return a picture of 33 to 41 modules that cameras read from a metre: black on white, with its quiet zone."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        picture, kind="svg", border=3, dark="#000", light="#fff", svgns=True, xmldecl=False, omitsize=True
    )
    return picture.getvalue().decode()
