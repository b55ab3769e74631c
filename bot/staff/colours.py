"""Fit the clinic's own colour to the pages, as `widget/src/colours.ts` does for the chat."""

from __future__ import annotations

_Rgb = tuple[int, ...]

# WCAG asks for 4.5 to 1; rounding must not fall below it.
_ENOUGH = 4.6
_STEP = 0.04
_WHITE: _Rgb = (255, 255, 255)
_DARK_SURFACE: _Rgb = (26, 35, 33)
_OWN = {
    "light": {"brand": "#0f5a52", "brand-tint": "#e2efec", "head": "#0f4540"},
    "dark": {"brand": "#84cfc2", "brand-tint": "#1c3330", "head": "#0b2a28"},
}


def looks(colour: str) -> dict[str, dict[str, str]]:
    """Return the colours that depend on the clinic's, for the light and the dark look.

    Args:
        colour: Such as "#0f5a52"; "" is Atlas's own.
    """
    if not colour:
        return _OWN
    given = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    light, tint = _readable(given, _WHITE), _mix(given, 255, 0.88)
    dark, dark_tint = _readable(given, _DARK_SURFACE), _mix(given, 16, 0.78)
    return {
        "light": {
            "brand": _hex(_readable(light, tint)),
            "brand-tint": _hex(tint),
            "head": _hex(_mix(light, 0, 0.25)),
        },
        "dark": {
            "brand": _hex(_readable(dark, dark_tint)),
            "brand-tint": _hex(dark_tint),
            "head": _hex(_mix(light, 0, 0.5)),
        },
    }


def contrast(one: _Rgb, other: _Rgb) -> float:
    """Return the contrast ratio of WCAG, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: _Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(colour: _Rgb, background: _Rgb) -> _Rgb:
    """Return the nearest shade that stands out enough from a background."""
    towards = 0 if _luminance(background) > 0.4 else 255
    for step in range(int(1 / _STEP)):
        shade = _mix(colour, towards, step * _STEP)
        if contrast(shade, background) >= _ENOUGH:
            return shade
    return (towards, towards, towards)


def _mix(colour: _Rgb, towards: int, share: float) -> _Rgb:
    return tuple(round(channel + (towards - channel) * share) for channel in colour)


def _hex(colour: _Rgb) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in colour)
