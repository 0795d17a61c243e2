"""From a scene's controls, and ipywidgets' abbreviations for them, to widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from ..scenes import Address, Choice, Control, Hidden, Scene, Slider, Toggle
from .position import settled

_SHORT = 9  # characters that fit where ipywidgets writes the value of a slider
_LONG = 30  # characters of an option that need a line of their own


def override(name: str, control: Control, abbreviation: Any) -> Control:
    """Apply an abbreviation as `ipywidgets.interact` takes it: a value, a range, or options.

    Raises
    ------
    ValueError
        If the abbreviation does not fit the control.
    """
    if isinstance(control, Slider) and isinstance(abbreviation, tuple):
        if len(abbreviation) != 2 or abbreviation[0] > abbreviation[1]:
            raise ValueError(f"{name}={abbreviation}: a range is (lowest, highest)")
        low, high = abbreviation
        return replace(control, low=low, high=high, value=min(max(control.value, low), high))
    if isinstance(control, Choice) and isinstance(abbreviation, (list, tuple)):
        unknown = [option for option in abbreviation if option not in control.options]
        if unknown or not abbreviation:
            raise ValueError(f"{name}: {unknown} is not among {list(control.options)}")
        value = control.value if control.value in abbreviation else abbreviation[0]
        return replace(control, options=tuple(abbreviation), value=value)
    if isinstance(control, Slider) and not control.low <= abbreviation <= control.high:
        raise ValueError(f"{name}={abbreviation} is outside {control.low}..{control.high}")
    if isinstance(control, Choice) and abbreviation not in control.options:
        raise ValueError(f"{name}={abbreviation!r} is not among {list(control.options)}")
    if isinstance(control, Address):
        parse_address(f"{abbreviation:#x}", control.bits)
    return replace(control, value=abbreviation)


def opening(
    scene: Scene, abbreviations: Mapping[str, Any]
) -> tuple[dict[str, Control], dict[str, Any]]:
    """Apply abbreviations to a scene's controls, and say which values it then opens with.

    Raises
    ------
    ValueError
        If the scene has no such control, or an abbreviation does not fit it.
    """
    if unknown := sorted(abbreviations.keys() - scene.controls.keys()):
        names = ", ".join(scene.controls)
        raise ValueError(f"{unknown[0]!r} is not a control of this scene: {names}")
    controls = {
        name: override(name, control, abbreviations[name]) if name in abbreviations else control
        for name, control in scene.controls.items()
    }
    values = {name: control.value for name, control in controls.items()}
    return controls, settled(scene, values, {name: values[name] for name in abbreviations})


def widget_for(control: Control) -> widgets.ValueWidget | None:
    """Make the widget of a control; hidden ones have none."""
    layout = {"width": "auto"}
    # without a tooltip of its own, ipywidgets shows "null"
    look: dict[str, Any] = {
        "style": {"description_width": "10em"},
        "layout": layout,
        "tooltip": control.label if not isinstance(control, Hidden) else None,
    }
    match control:
        case Slider(label, low, high, value, None):
            return widgets.IntSlider(value, low, high, description=label, **look)
        case Slider(label, low, high, value, words):
            assert words is not None
            options = [(words(v), v) for v in range(low, high + 1)]
            slider = widgets.SelectionSlider(
                options=options, value=value, description=label, **look
            )
            if max(len(word) for word, _ in options) > _SHORT:
                slider.add_class("pagesim-words")
            return slider
        case Choice(label, options, value):
            if max(map(len, options)) > _LONG:
                layout["grid_area"] = "auto / 1 / auto / -1"  # ipywidgets drops grid_column
            return widgets.Dropdown(options=options, value=value, description=label, **look)
        case Toggle(label, value):
            return widgets.Checkbox(value, description=label, indent=True, **look)
        case Address(label, _, value):
            return widgets.Text(f"{value:#x}", description=label, continuous_update=False, **look)
        case Hidden():
            return None


def parse_address(text: str, bits: int) -> int:
    """Read an address as people write it: hex, with or without 0x and underscores.

    Raises
    ------
    ValueError
        If it is not hex or does not fit in `bits` bits.

    Examples
    --------
    >>> hex(parse_address("7f3a_1c6d_5e48", 48))
    '0x7f3a1c6d5e48'
    """
    try:
        value = int(text.strip(), 16)
    except ValueError:
        raise ValueError(f"{text.strip()!r} is not an address; write hex, as in 0x5e48") from None
    if not 0 <= value < 1 << bits:
        raise ValueError(f"address {value:#x} does not fit in {bits} bits")
    return value


def read(control: Control, widget: widgets.ValueWidget) -> Any:
    """Read the value a learner has set.

    Raises
    ------
    ValueError
        If it is no value of this control.
    """
    if isinstance(control, Address):
        return parse_address(widget.value, control.bits)
    return widget.value


def write(
    control: Control, widget: widgets.ValueWidget, value: Any, span: tuple[int, int] | None
) -> None:
    """Set a widget to a value, and a slider to its present range."""
    if isinstance(control, Address):
        widget.value = f"{value:#x}"
        return
    if isinstance(control, Slider) and span is not None:
        low, high = max(span[0], control.low), min(span[1], control.high)
        if control.words is not None:
            options = tuple((control.words(v), v) for v in range(low, high + 1))
            if widget.options != options:
                widget.options = options
        elif (widget.min, widget.max) != (low, high):
            widget.min, widget.max = min(low, widget.max), high
            widget.min = low
    if widget.value != value:
        widget.value = value
