"""Charts: bars in an SVG, drawn by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 760
TITLE_HEIGHT = 44
BAR_HEIGHT = 22
STEP = 32
LABELS_WIDTH = 300
NUMBERS_WIDTH = 110

OURS = "#1f6feb"
CEILING = "#c9ced6"
OTHERS = "#8c959f"


@dataclass(frozen=True, slots=True)
class Bar:
    """One server's bar."""

    label: str
    value: float
    color: str


def bar_chart(title: str, bars: Sequence[Bar]) -> str:
    """Bars below each other, on white, so that it reads on a dark page too."""
    height = TITLE_HEIGHT + STEP * len(bars) + 8
    scale = (WIDTH - LABELS_WIDTH - NUMBERS_WIDTH) / max(bar.value for bar in bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="14" fill="#1f2328" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="27" font-weight="bold">{escape(title)}</text>',
    ]
    for number, bar in enumerate(bars):
        top = TITLE_HEIGHT + STEP * number
        length = max(1.0, bar.value * scale)
        base = top + BAR_HEIGHT - 6
        lines += [
            f'<text x="{LABELS_WIDTH - 8}" y="{base}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect x="{LABELS_WIDTH}" y="{top}" width="{length:.1f}" height="{BAR_HEIGHT}" '
            f'fill="{bar.color}"/>',
            f'<text x="{LABELS_WIDTH + length + 8:.1f}" y="{base}">{bar.value:,.0f}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
