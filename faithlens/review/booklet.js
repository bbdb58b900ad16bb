"use strict";
const about = document.body.dataset;
const place = `faithlens.${about.set}.${about.round}.${about.rater}`;
const state = document.getElementById("state");

function value(field) {
  const text = field.querySelector("textarea");
  if (text) return text.value.trim();
  return [...field.querySelectorAll("input:checked")].map((input) => input.value).join(";");
}

function ratings() {
  const fields = [...document.querySelectorAll("fieldset")];
  return fields
    .map((field) => ({
      item: field.dataset.item,
      question: field.dataset.question,
      value: value(field),
      at: field.dataset.at || "",
    }))
    .filter((rating) => rating.value);
}

function file() {
  const content = { booklet: 1, set: about.set, round: Number(about.round), rater: about.rater, ratings: ratings() };
  return JSON.stringify(content, null, 1);
}

function keep(event) {
  const field = event.target.closest("fieldset");
  if (!field) return;
  field.dataset.at = new Date().toISOString();
  try {
    localStorage.setItem(place, file());
    state.textContent = `${ratings().length} answers kept in this browser`;
  } catch {
    state.textContent = "This browser keeps nothing: save a file before you close it.";
  }
}

function restore() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(place));
  } catch {
    return;
  }
  for (const rating of kept ? kept.ratings : []) {
    const field = document.querySelector(`fieldset[data-item="${rating.item}"][data-question="${rating.question}"]`);
    if (!field) continue;
    field.dataset.at = rating.at;
    const text = field.querySelector("textarea");
    if (text) text.value = rating.value;
    for (const input of field.querySelectorAll("input")) input.checked = rating.value.split(";").includes(input.value);
  }
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file()], { type: "application/json" }));
  link.download = `${about.set}-round${about.round}-${about.rater}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
  state.textContent = `${ratings().length} answers saved as ${link.download}`;
}

restore();
document.addEventListener("input", keep);
document.getElementById("save").addEventListener("click", save);
