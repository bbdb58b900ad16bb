"""The dashboard's entry: which run is looked at, and the pages that there are.

    streamlit run dashboards/app.py -- runs/demo runs/other

`faithlens dashboard` starts it so.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from board import runs

from faithlens.showing.highlight import STYLE

# page file -> title and icon, in order; those whose file is there are shown
PAGES = {
    "overview": ("Overview", ":material/monitoring:"),
    "cases": ("Cases", ":material/table_rows:"),
    "case": ("Case", ":material/radiology:"),
    "clusters": ("Clusters", ":material/scatter_plot:"),
    "calibration": ("Calibration", ":material/straighten:"),
    "compare": ("Compare", ":material/compare_arrows:"),
    "review": ("Review", ":material/rate_review:"),
}

FOLDER = Path(__file__).parent / "pages"

OWN_STYLE = """
.faithlens { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; }
.faithlens.quiet { opacity: .75; font-size: .9em; }
.faithlens.loud { font-size: 1.15em; font-weight: 600; }
.faithlens.raw { font: .85em/1.5 monospace; }
.block-container { padding-top: 4rem; }
"""

st.set_page_config("faithlens", page_icon=str(Path(__file__).parent / "icon.svg"), layout="wide")
page = st.navigation(
    [
        st.Page(FOLDER / f"{name}.py", title=title, icon=icon, url_path=name, default=name == "overview")
        for name, (title, icon) in PAGES.items()
        if (FOLDER / f"{name}.py").exists()
    ],
    position="top",
)
st.html(f"<style>{STYLE}{OWN_STYLE}</style>")
runs.choose()
page.run()
