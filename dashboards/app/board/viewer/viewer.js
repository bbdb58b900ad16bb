// An image with heat layers on a canvas beside the think: everything that a reader moves happens in the browser.
// data: {images: [{src, width, height, scale, absent}], boxes, maps, scale, opacity, pieces, legend, below, empty}.
// All HTML in it is escaped. scale: colours from the strongest value against the target to the strongest for it.

const kept = new WeakMap()  // what the reader has set survives a rerun of the page

function made(tag, className, text) {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}

function slider(controls, name, value, onInput) {
  const label = made("label", "", name), input = made("input")
  Object.assign(input, { type: "range", min: 0, max: 100, value, id: `faithlens-${name}` })
  label.htmlFor = input.id
  input.oninput = () => onInput(Number(input.value))
  controls.append(label, input)
}

const colored = (scale, share) => scale[Math.round(((share + 1) / 2) * (scale.length - 1))]

function tinted(map, scale, threshold, opacity) {
  const layer = new OffscreenCanvas(map.cols, map.rows), pen = layer.getContext("2d")
  const pixels = pen.createImageData(map.cols, map.rows)
  map.values.forEach((value, i) => {
    const share = map.largest ? value / map.largest : 0, strength = Math.abs(share)
    pixels.data.set([...colored(scale, share), strength < threshold ? 0 : Math.round(255 * opacity * strength)], 4 * i)
  })
  pen.putImageData(pixels, 0, 0)
  return layer
}

// The value bar: as far against the target as some value is, up to the largest value for it.
function bar(map, scale) {
  const signed = map.values.some((value) => value < 0), strip = made("span", "scale")
  const colors = (signed ? scale : scale.slice((scale.length - 1) / 2)).map((color) => `rgb(${color})`)
  strip.style.background = `linear-gradient(to right, ${colors})`
  const end = map.largest.toPrecision(3)
  return [signed ? `against ${map.target} −${end}` : "0", strip, `${end} for ${map.target}`]
}

export default function (component) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(".viewer")
  const state = kept.get(parentElement) ?? { map: 0, opacity: data.opacity, threshold: 20, boxes: true, key: null }
  if (state.key !== data.key) Object.assign(state, { key: data.key, map: data.maps.length ? 0 : -1, image: 0, zoom: 1, x: 0, y: 0 })
  kept.set(parentElement, state)
  let shown = state.map
  root.replaceChildren()

  // ------------------------------------------------------------------ the image and its layers
  const left = made("div"), stage = made("div", "stage"), canvas = made("canvas")
  const readout = made("div", "readout"), note = made("div", "note"), controls = made("div", "controls")
  const absent = made("div", "absent"), zoom = made("div", "zoom"), picture = new Image()
  let image = data.images[0]
  canvas.tabIndex = 0
  canvas.setAttribute("role", "img")

  const size = () => {
    const width = stage.clientWidth || 480
    const height = Math.min(width * (image.height / image.width), 560)
    return { width, height, fit: Math.min(width / image.width, height / image.height) }
  }
  const place = () => {
    const { width, height, fit } = size(), zoom = fit * state.zoom
    return { zoom, x: (width - image.width * zoom) / 2 + state.x, y: (height - image.height * zoom) / 2 + state.y }
  }

  function draw() {
    if (image.absent) return
    const { width, height } = size(), ratio = window.devicePixelRatio || 1
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    canvas.style.height = `${height}px`
    const pen = canvas.getContext("2d"), at = place(), map = data.maps[shown]
    pen.scale(ratio, ratio)
    pen.translate(at.x, at.y)
    pen.scale(at.zoom, at.zoom)
    pen.imageSmoothingEnabled = at.zoom < 2
    pen.drawImage(picture, 0, 0, image.width, image.height)
    if (map && state.image === 0) {
      pen.imageSmoothingEnabled = false
      pen.drawImage(tinted(map, data.scale, state.threshold / 100, state.opacity / 100), 0, 0, image.width, image.height)
    }
    if (state.boxes && state.image === 0)
      for (const [l, t, r, b] of data.boxes)
        for (const [color, wide] of [["#000", 4], ["#fff", 2]]) {
          pen.strokeStyle = color
          pen.lineWidth = wide / at.zoom
          pen.strokeRect(l, t, r - l, b - t)
        }
    canvas.dataset.map = map ? map.id : ""
    canvas.setAttribute("aria-label", map ? `Image with map: ${map.name}` : "Image")
    note.className = `note ${map ? map.mark : ""}`
    note.textContent = map ? map.told : data.maps.length ? "" : data.empty
    readout.replaceChildren()
    if (map) readout.append(...bar(map, data.scale))
    root.querySelectorAll(".piece").forEach((piece) =>
      piece.classList.toggle("shown", map !== undefined && Number(piece.dataset.sentence) === map.sentence))
  }

  function zoomed(factor, x = size().width / 2, y = size().height / 2) {
    const before = place(), was = state.zoom
    state.zoom = Math.min(20, Math.max(1, state.zoom * factor))
    const change = state.zoom / was, { width, height, fit } = size()
    state.x = x - (x - before.x) * change - (width - image.width * fit * state.zoom) / 2
    state.y = y - (y - before.y) * change - (height - image.height * fit * state.zoom) / 2
    if (state.zoom === 1) state.x = state.y = 0
    draw()
  }

  let held = null
  canvas.onwheel = (event) => {
    event.preventDefault()
    zoomed(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.offsetX, event.offsetY)
  }
  canvas.onpointerdown = (event) => { held = [event.clientX - state.x, event.clientY - state.y]; canvas.setPointerCapture(event.pointerId) }
  canvas.onpointerup = () => { held = null }
  canvas.ondblclick = () => { state.zoom = 1; state.x = state.y = 0; draw() }
  canvas.onpointermove = (event) => {
    if (held && state.zoom > 1) {
      state.x = event.clientX - held[0]
      state.y = event.clientY - held[1]
      draw()
    }
    const at = place(), map = data.maps[shown]
    const x = (event.offsetX - at.x) / at.zoom, y = (event.offsetY - at.y) / at.zoom
    const inside = x >= 0 && y >= 0 && x < image.width && y < image.height
    if (!inside) return draw()
    let told = `pixel ${Math.floor(x / image.scale)}, ${Math.floor(y / image.scale)}`
    if (map && state.image === 0) {
      const value = map.values[Math.floor((y / image.height) * map.rows) * map.cols + Math.floor((x / image.width) * map.cols)]
      const share = map.largest ? Math.round((100 * value) / map.largest) : 0
      told += ` · ${value >= 0 ? "for" : "against"} ${map.target}: ${value.toPrecision(3)} (${share} % of the largest)`
    }
    readout.textContent = told
  }
  canvas.onpointerleave = draw
  canvas.onkeydown = (event) => {
    if (event.key === "+") zoomed(1.2)
    if (event.key === "-") zoomed(1 / 1.2)
  }

  function show(number) {
    state.image = number
    image = data.images[number]
    canvas.hidden = zoom.hidden = Boolean(image.absent)
    absent.hidden = !image.absent
    absent.textContent = image.absent
    if (image.absent) note.textContent = ""
    else picture.src = image.src
  }
  picture.onload = draw
  const acts = [["+", "Zoom in", () => zoomed(1.4)], ["−", "Zoom out", () => zoomed(1 / 1.4)], ["⤢", "Whole image", canvas.ondblclick]]
  for (const [text, title, act] of acts) {
    const button = made("button", "", text)
    button.title = title
    button.onclick = act
    zoom.append(button)
  }
  stage.append(canvas, zoom, absent)
  left.append(stage, controls, note, readout)

  if (data.images.length > 1) {
    const label = made("label", "", "Image"), select = made("select")
    data.images.forEach((_, i) => select.append(new Option(`${i + 1} of ${data.images.length}`, i, false, i === state.image)))
    select.onchange = () => show(Number(select.value))
    controls.append(label, select)
  }
  if (data.maps.length) {
    const label = made("label", "", "Overlay"), select = made("select")
    label.htmlFor = select.id = "faithlens-overlay"
    select.append(new Option("none", -1, false, state.map < 0))
    data.maps.forEach((map, i) => select.append(new Option(map.name, i, false, i === state.map)))
    select.onchange = () => { state.map = shown = Number(select.value); draw() }
    controls.append(label, select)
    slider(controls, "Opacity", state.opacity, (value) => { state.opacity = value; draw() })
    slider(controls, "Threshold", state.threshold, (value) => { state.threshold = value; draw() })
  }
  if (data.boxes.length) {
    const label = made("label", "", "Lesion box"), box = made("input")
    Object.assign(box, { type: "checkbox", checked: state.boxes, id: "faithlens-boxes" })
    label.htmlFor = box.id
    box.onchange = () => { state.boxes = box.checked; draw() }
    controls.append(label, box)
  }

  // ------------------------------------------------------------------------------- the think
  const right = made("div"), think = made("div", "think")
  right.append(made("h4", "", "What the model wrote before it answered"), think)
  for (const piece of data.pieces) {
    const span = made("span", "piece")
    span.innerHTML = piece.html
    if (piece.sentence !== null) {
      span.dataset.sentence = piece.sentence
      span.classList.add("mapped")
      span.tabIndex = 0
      const method = () => data.maps[state.map]?.method
      const find = () => {
        const own = data.maps.findIndex((map) => map.sentence === piece.sentence && map.method === method())
        return own >= 0 ? own : data.maps.findIndex((map) => map.sentence === piece.sentence)
      }
      span.onpointerenter = span.onfocus = () => { shown = find(); draw() }
      span.onpointerleave = span.onblur = () => { shown = state.map; draw() }
      span.onclick = () => { state.map = shown = find(); draw() }
    }
    think.append(span)
  }
  const legend = made("div", "legend")
  legend.innerHTML = data.legend
  const below = made("div", "below")
  below.innerHTML = data.below
  right.append(legend, below)
  root.append(left, right)

  show(state.image)
  const watch = new ResizeObserver(draw)
  watch.observe(stage)
  const still = (event) => event.stopPropagation()  // arrows in a slider are not the page's shortcuts
  root.addEventListener("keydown", still)
  return () => { watch.disconnect(); root.removeEventListener("keydown", still) }
}
