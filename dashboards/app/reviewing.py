"""The reviewers' own entry: a set to rate and what is left to adjudicate, and nothing that the audit found.

    streamlit run dashboards/app/reviewing.py -- sets/first

`faithlens dashboard --review SET` starts it so.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parents[1] / "review"

st.set_page_config("faithlens review", page_icon=":material/rate_review:", layout="wide")
page = st.navigation(
    [
        st.Page(PAGES / "rate.py", title="Rate", icon=":material/rate_review:", url_path="rate", default=True),
        st.Page(PAGES / "adjudicate.py", title="Adjudicate", icon=":material/balance:", url_path="adjudicate"),
    ],
    position="top",
)
page.run()
