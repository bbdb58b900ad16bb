"""The dashboard's entry: which run is looked at, and the pages that there are.

    streamlit run dashboards/app/main.py -- runs/demo runs/other

`faithlens dashboard` starts it so.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from board import runs

from faithlens.showing.highlight import STYLE

# page file -> title and icon, in order
PAGES = {
    "overview": ("Overview", ":material/monitoring:"),
    "cases": ("Cases", ":material/table_rows:"),
    "case": ("Case", ":material/radiology:"),
    "clusters": ("Clusters", ":material/scatter_plot:"),
    "calibration": ("Calibration", ":material/straighten:"),
    "compare": ("Compare", ":material/compare_arrows:"),
}

OWN_STYLE = """
.faithlens { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; }
.faithlens.quiet { opacity: .75; font-size: .9em; }
.faithlens.loud { font-size: 1.15em; font-weight: 600; }
.faithlens.quote { border-left: 3px solid #8886; padding-left: .7em; font-size: .9em; }
.faithlens.raw { font: .85em/1.5 monospace; }
table.options { width: 100%; border-collapse: collapse; margin: .3rem 0; }
table.options th, table.options td { border: 0; padding: .15rem .6rem .15rem 0; text-align: left; }
table.options td:nth-child(2) { width: 45%; overflow-wrap: anywhere; }
table.options td:nth-child(4) { width: 22%; }
.bar { height: .6rem; border-radius: 3px; background: #8883; overflow: hidden; }
.bar > div { height: 100%; background: #0072B2; }
.bar.fails > div { background: #D55E00; }
.tag { border: 1px solid currentcolor; border-radius: 4px; padding: 0 .4em; font-size: .85em; white-space: nowrap; }
.tag:empty { display: none; }
.tag.fails { color: #fff; background: #B34700; border-color: #B34700; }
.tag.answered { color: #fff; background: #0072B2; border-color: #0072B2; }
.tag.untold { opacity: .7; border-style: dashed; }
ul.evidence { margin: 0; padding-left: 1.1em; } ul.evidence small { opacity: .6; margin-left: .3em; }
.arm { line-height: 1.4; overflow-wrap: anywhere; }
.blank { aspect-ratio: 1; display: grid; place-items: center; text-align: center; padding: .5rem; font-size: .85em;
  border: 1px dashed #888; border-radius: 6px; overflow-wrap: anywhere; overflow: auto; }
.block-container { padding-top: 4rem; }
"""

st.set_page_config("faithlens", page_icon=str(Path(__file__).parent / "icon.svg"), layout="wide")
page = st.navigation(
    [
        st.Page(runs.PAGES / f"{name}.py", title=title, icon=icon, url_path=name, default=name == "overview")
        for name, (title, icon) in PAGES.items()
    ],
    position="top",
)
st.html(f"<style>{STYLE}{OWN_STYLE}</style>")
runs.choose()
page.run()
