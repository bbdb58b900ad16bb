"""The dashboard's own modules lie beside its main script, as Streamlit finds them."""

import sys

from faithlens.shipped import folder

sys.path.insert(0, str(folder("dashboards") / "app"))
