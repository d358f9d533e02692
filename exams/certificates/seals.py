"""The seal picture of the demo: a ring with the issuing body's name around it, drawn by us and marked 样章. A real seal is uploaded by its owner."""

import io
import math
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from lms.exchange.typefaces import BOLD, FILES, FONTS

CINNABAR = (200, 40, 30)
SIDE = 480  # pixels for 40 mm: about 300 per inch


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / FILES[BOLD]), size)


@lru_cache(maxsize=8)
def sample_seal(issuer: str) -> bytes:
    """Return the picture as PNG, transparent outside the strokes. One colour with the shape in the alpha channel keeps it small."""
    shape = Image.new("L", (SIDE, SIDE), 0)
    draw, centre = ImageDraw.Draw(shape), SIDE / 2
    draw.ellipse((6, 6, SIDE - 6, SIDE - 6), outline=255, width=14)
    size = min(58, int(880 / max(8, len(issuer))))
    radius, font = centre - 34 - size / 2, _font(size)
    span = min(math.radians(255), len(issuer) * (size * 1.12) / radius)
    for index, character in enumerate(issuer):
        angle = 0.0 if len(issuer) == 1 else -span / 2 + span * index / (len(issuer) - 1)
        tile = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(tile).text((size, size), character, font=font, fill=255, anchor="mm")
        turned = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        x, y = centre + radius * math.sin(angle), centre - radius * math.cos(angle)
        shape.paste(255, (int(x - size), int(y - size)), turned)
    for width, y in ((76, -34), (116, 2), (156, 38)):
        draw.rectangle((centre - width / 2, centre + y - 8, centre + width / 2, centre + y + 8), fill=255)
    draw.text((centre, centre + 128), "样 章", font=_font(54), fill=255, anchor="mm")
    picture = Image.new("RGBA", (SIDE, SIDE), (*CINNABAR, 0))
    picture.putalpha(shape.point([int(v * 0.86) for v in range(256)]))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
