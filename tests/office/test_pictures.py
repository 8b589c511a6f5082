"""Pictures: read with suspicion, made fit for every carrier, kept once."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from alimnaru.carriers.base import PictureUse
from alimnaru.office.pictures import PictureRefused, add_picture
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import AuditEntry, Picture
from alimnaru.wording import sentence
from tests.cast import Cast, make_cast

MMS, TEMPLATE, HIGHLIGHT = PictureUse.MMS, PictureUse.TEMPLATE, PictureUse.HIGHLIGHT


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def drawn(
    kind: str = "JPEG", size: tuple[int, int] = (800, 400), mode: str = "RGB", **more: Any
) -> bytes:
    """A picture of one colour in the wanted form."""
    colour: Any = {"RGBA": (200, 0, 0, 0), "L": 90, "CMYK": (0, 90, 90, 0), "P": 1}.get(
        mode, (200, 30, 30)
    )
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **more)
    return out.getvalue()


def noise(size: tuple[int, int], kind: str = "PNG") -> bytes:
    """A picture that no compression makes small."""
    pixels = random.Random(1).randbytes(size[0] * size[1] * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", size, pixels).save(out, kind)
    return out.getvalue()


def kept(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(bytes(picture.content)))
    image.load()
    return image


def test_it_works(office: Cast) -> None:
    picture = add_picture(drawn(), actor=office.librarian, name="안내 poster.jpg")
    assert (picture.name, picture.width, picture.height) == ("poster.jpg", 800, 400)
    assert kept(picture).format == "JPEG"
    entry = AuditEntry.objects.get(act="picture.add")
    assert (entry.actor, entry.subject) == (office.librarian, f"picture:{picture.pk}")


def test_the_same_picture_is_kept_once(office: Cast) -> None:
    first = add_picture(drawn(), actor=office.librarian, name="a.jpg")
    again = add_picture(drawn(), actor=office.librarian, name="b.jpg")
    assert first == again
    assert AuditEntry.objects.filter(act="picture.add").count() == 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_png_becomes_a_jpeg_for_mms(office: Cast, mode: str) -> None:
    picture = add_picture(drawn("PNG", mode=mode), actor=office.librarian, name="x.png")
    assert picture.name == "x.jpg"
    assert (kept(picture).format, kept(picture).mode) == ("JPEG", "RGB")


def test_what_is_see_through_becomes_white(office: Cast) -> None:
    picture = add_picture(drawn("PNG", mode="RGBA"), actor=office.librarian, name="x.png")
    assert kept(picture).getpixel((5, 5)) == (255, 255, 255)


def test_a_cmyk_jpeg_becomes_one_that_phones_show(office: Cast) -> None:
    picture = add_picture(drawn(mode="CMYK"), actor=office.librarian, name="x.jpg")
    assert kept(picture).mode == "RGB"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_png_for_a_template_stays_one(office: Cast, mode: str) -> None:
    picture = add_picture(
        drawn("PNG", mode=mode), actor=office.librarian, name="x.png", uses=[TEMPLATE]
    )
    assert (kept(picture).format, kept(picture).mode, picture.name) == ("PNG", mode, "x.png")


def test_a_png_that_is_too_large_becomes_a_jpeg(office: Cast) -> None:
    picture = add_picture(noise((700, 350)), actor=office.librarian, name="x.png", uses=[TEMPLATE])
    assert kept(picture).format == "JPEG"
    assert len(bytes(picture.content)) <= 500_000


def test_what_a_camera_noted_is_gone(office: Cast) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at somebody's home"
    exif[0x0112] = 6  # held upright: 400 by 800 as it is stored
    secret = drawn(size=(400, 800), exif=exif, comment=b"somebody")
    picture = add_picture(secret, actor=office.librarian, name="x.jpg")
    assert (picture.width, picture.height) == (800, 400)
    assert b"somebody" not in bytes(picture.content)
    assert not kept(picture).getexif()


def test_what_a_png_says_beside_its_pixels_is_gone(office: Cast) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "somebody")
    secret = drawn("PNG", pnginfo=info)
    picture = add_picture(secret, actor=office.librarian, name="x.png", uses=[TEMPLATE])
    assert b"somebody" not in bytes(picture.content)


def test_quality_gives_way_to_the_limit(office: Cast) -> None:
    picture = add_picture(noise((560, 280)), actor=office.librarian, name="x.png")
    assert len(bytes(picture.content)) <= 200_000


def bomb() -> bytes:
    """A PNG of a few bytes that claims to have 900 million pixels."""

    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", b"") + part(b"IEND", b"")


REFUSED = {
    "nothing": (b"", Refusal.PICTURE_UNREADABLE),
    "a text": (b"<svg onload=alert(1)>", Refusal.PICTURE_UNREADABLE),
    "a GIF": (drawn("GIF", mode="P"), Refusal.PICTURE_UNREADABLE),
    "cut off": (noise((800, 400))[:900_00], Refusal.PICTURE_UNREADABLE),
    "a bomb": (bomb(), Refusal.PICTURE_TOO_WIDE),
    "25 megapixels and more": (drawn(size=(7200, 3600)), Refusal.PICTURE_TOO_WIDE),
    "too wide for NHN": (drawn(size=(1200, 600)), Refusal.PICTURE_TOO_WIDE),
    "upright": (drawn(size=(400, 800)), Refusal.PICTURE_WRONG_SHAPE),
    "ten megabytes": (b"\xff" * 10_000_001, Refusal.PICTURE_TOO_LARGE),
    "noise": (noise((1000, 500)), Refusal.PICTURE_TOO_LARGE),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_no_carrier_would_take(office: Cast, why: str) -> None:
    content, code = REFUSED[why]
    with pytest.raises(PictureRefused) as caught:
        add_picture(content, actor=office.librarian, name="x.jpg")
    assert caught.value.code is code
    assert sentence(caught.value.code, **caught.value.facts).endswith("주십시오.")
    assert not Picture.objects.exists()


def test_the_sentence_names_the_limit(office: Cast) -> None:
    with pytest.raises(PictureRefused) as caught:
        add_picture(drawn(size=(1200, 600)), actor=office.librarian, name="x.jpg")
    said = sentence(caught.value.code, **caught.value.facts)
    assert "1,200×600" in said
    assert "1,000" in said


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("poster.jpeg", "poster.jpg"),
        ("도서관.png", "picture.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("a" * 90, "a" * 41 + ".jpg"),
        ("", "picture.jpg"),
    ],
)
def test_names_pass_everywhere(office: Cast, name: str, plain: str) -> None:
    assert add_picture(drawn(), actor=office.librarian, name=name).name == plain


def test_a_highlight_is_square(office: Cast) -> None:
    add_picture(drawn(size=(300, 300)), actor=office.librarian, name="h", uses=[HIGHLIGHT])
    with pytest.raises(PictureRefused):
        add_picture(drawn(size=(300, 200)), actor=office.librarian, name="h", uses=[HIGHLIGHT])


def test_mms_alone_has_any_shape(office: Cast) -> None:
    add_picture(drawn(size=(300, 1000)), actor=office.librarian, name="h", uses=[MMS])
