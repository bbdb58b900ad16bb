"""Controls whose value stands in the address of the page, so that a view can be shared and the browser can go back.

The address is the only truth: a control shows what it says, and a change of the control is written into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

PAGE = "page"
"""Parameter of the page of a table; any other change goes back to the first page."""


def said() -> dict[str, list[str]]:
    """All parameters of the address."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def text(label: str, name: str, **look: Any) -> str:
    return _control(st.text_input, label, name, st.query_params.get(name, ""), "", **look)


def one(
    label: str,
    name: str,
    options: Sequence[str],
    words: Mapping[str, str] | None = None,
    *,
    buttons: bool = False,
    **look: Any,
) -> str:
    """One of the options; the first one where the address says none, and then the address stays as it is."""
    asked = st.query_params.get(name)
    value = asked if asked in options else options[0]
    make = st.segmented_control if buttons else st.selectbox
    look |= {"required": True} if buttons else {}
    return _control(make, label, name, value, options[0], options=options, format_func=_worded(words), **look)


def several(
    label: str, name: str, options: Sequence[str], words: Mapping[str, str] | None = None, **look: Any
) -> tuple[str, ...]:
    """Any of the options."""
    value = [asked for asked in st.query_params.get_all(name) if asked in options]
    return tuple(_control(st.multiselect, label, name, value, [], options=options, format_func=_worded(words), **look))


def page(pages: int) -> int:
    """Number of the page that is shown, from 1."""
    asked = st.query_params.get(PAGE, "1")
    value = min(pages, max(1, int(asked))) if asked.isdecimal() else 1
    if pages < 2:
        return 1
    key = _key(PAGE)
    st.session_state[key] = value
    return st.pagination(pages, key=key, on_change=_write, args=(PAGE, 1))


def _control(make: Callable[..., Any], label: str, name: str, value: Any, default: Any, **look: Any) -> Any:
    key = _key(name)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return make(label, key=key, on_change=_write, args=(name, default), **look)


def _worded(words: Mapping[str, str] | None) -> Callable[[str], str]:
    return lambda name: (words or {}).get(name, name)


def _key(name: str) -> str:
    return f"address-{name}"


def _write(name: str, default: Any) -> None:
    value = st.session_state[_key(name)]
    if value == default or value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value) if isinstance(value, int) else value
    if name != PAGE:
        st.query_params.pop(PAGE, None)
