"""Case: one reply with its image, its reasoning, and all that was found out about it."""

from __future__ import annotations

import streamlit as st
from board import runs
from board.show import plain

ledger = runs.ledger()
dossier = ledger.dossier(st.query_params["case"])
plain(dossier.case.question, "loud")
