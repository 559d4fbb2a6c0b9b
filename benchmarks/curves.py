"""Lines over time as an SVG picture, for documents: no package, no script, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 260, 48, 40, 32
COLOURS = ("#4951da", "#b56100", "#01924d", "#a255b8")
Points = Sequence[tuple[float, float]]

STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#4c515d}line{stroke:#ced1d7}"
    "@media(prefers-color-scheme:dark){text{fill:#a8acb5}line{stroke:#373b42}}"
)


def picture(title: str, unit: str, curves: Mapping[str, Points]) -> str:
    """An SVG document. Points are (seconds, value); the first curve is drawn thicker."""
    end = max(at for points in curves.values() for at, _ in points)
    top = max(value for points in curves.values() for _, value in points) * 1.08
    inner = HEIGHT - TOP - BOTTOM

    def place(at: float, value: float) -> str:
        x = LEFT + at / end * (WIDTH - LEFT - 12)
        return f"{x:.1f},{TOP + inner - value / top * inner:.1f}"

    parts = [f"<title>{escape(title)}</title><style>{STYLE}</style>"]
    for share in (0.0, 0.5, 1.0):
        y = TOP + inner - share * inner
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 12}" y1="{y:.1f}" y2="{y:.1f}"/>')
        text = f"{share * top:.0f}"
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">0 s</text>')
    parts.append(f'<text x="{WIDTH - 12}" y="{HEIGHT - 8}" text-anchor="end">{end:.0f} s, {unit}</text>')
    for number, (name, points) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(place(at, value) for at, value in points)
        width = 2.5 if number == 0 else 1.5
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        x = LEFT + number * 165
        parts.append(f'<rect x="{x}" y="12" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 20}" y="18">{escape(name)}</text>')
    body = "\n".join(parts)
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img">\n{body}\n</svg>\n'
