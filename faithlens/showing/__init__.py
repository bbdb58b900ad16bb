"""How a run is shown to people: words for every axis, thinks with their marks, pictures."""
