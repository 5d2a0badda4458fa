// One slide at a time, by keys, fingers and buttons; a second window for the speaker. Without it the deck is one page to scroll.
const root = document.documentElement, body = document.body
const slides = [...document.querySelectorAll('.slide')]
const speaks = new URLSearchParams(location.search).has('speaker')
const deck = location.pathname.split('/').pop()
let at = -1, seen = 0, other = speaks ? window.opener : null

const laters = (slide) => [...slide.querySelectorAll('.later')]
const clamp = (n, most) => Math.max(0, Math.min(most, n))

function show(i, k, told) {
  i = clamp(i, slides.length - 1)
  const moved = i !== at
  at = i
  seen = clamp(k, laters(slides[i]).length)
  slides.forEach((slide, n) => {
    slide.classList.toggle('now', n === i)
    slide.classList.toggle('next', n === i + 1)
  })
  laters(slides[i]).forEach((part, n) => part.classList.toggle('seen', n < seen))
  document.querySelector('.progress').style.transform = `scaleX(${(i + 1) / slides.length})`
  body.classList.remove('black')
  if (moved) {
    history.replaceState(null, '', `${location.search}#${slides[i].id}`)
    scrollTo(0, 0)
    if (speaks) speak()
    else if (told !== 'first') slides[i].focus({ preventScroll: true })
  }
  if (!told) tell()
}
const on = () => seen < laters(slides[at]).length ? show(at, seen + 1) : at + 1 < slides.length && show(at + 1, 0)
const back = () => seen ? show(at, seen - 1) : at && show(at - 1, 99)

// Two windows keep in step by messages; the speaker's one says hello until it is answered, and after either was loaded anew.
const send = (what) => { if (other && !other.closed) other.postMessage({ companion: what, deck, at, seen }, '*') }
const tell = () => send('at')
addEventListener('message', ({ data, origin, source }) => {
  const ours = location.protocol === 'file:' ? ['null', 'file://'] : [location.origin]
  if (!ours.includes(origin) || !data?.companion || source === window) return
  if (data.companion === 'black' && !speaks && source === other) return black()
  if (data.companion === 'bye' && speaks && source === other) return close()
  if (data.companion === 'hello') { if (!speaks) { other = source; tell() } return }
  if (data.companion !== 'at' || !Number.isInteger(data.at) || !Number.isInteger(data.seen)) return
  if (data.deck === deck) { if (data.at !== at || data.seen !== seen) show(data.at, data.seen, 'told') }
  else if (speaks && /^\w+\.html$/.test(data.deck)) location.replace(`${data.deck}?speaker`)
})

function notes() {
  if (speaks) return close()
  if (other && !other.closed) { send('bye'); other = null; return }
  other = open(`${deck}?speaker#${slides[at].id}`, 'companion-notes', 'popup,width=1180,height=800')
  if (!other) alert('The browser blocked the window with the notes. Allow pop-up windows for this page, and press S again.')
}

let spoken, clock, since = Date.now()
function speaker() {
  body.classList.add('speaker')
  document.title = `Notes: ${document.title}`
  const bar = document.createElement('div')
  bar.className = 'time'
  clock = document.createElement('span')
  const again = Object.assign(document.createElement('button'), { textContent: 'From 0:00', title: 'Begin counting anew' })
  again.addEventListener('click', () => { since = Date.now(); tick() })
  bar.append(clock, again, document.createElement('b'))
  spoken = Object.assign(document.createElement('section'), { className: 'spoken', tabIndex: 0 })
  spoken.setAttribute('aria-label', 'Notes')
  body.prepend(bar)
  document.querySelector('main').append(spoken)
  tick()
  setInterval(() => { tick(); send('hello') }, 1000)
}
function tick() {
  const s = Math.floor((Date.now() - since) / 1000)
  clock.textContent = `${new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}, ${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')} spoken`
}
function speak() {
  spoken.replaceChildren(...[...slides[at].querySelector('.notes').cloneNode(true).children].slice(1))
  spoken.scrollTop = 0
  document.querySelector('.time b').textContent = `${at + 1} of ${slides.length}`
}

const keys = document.querySelector('dialog')
function dark() {
  const now = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = now ? 'light' : 'dark'
  try { localStorage.setItem('companion-theme', root.dataset.theme) } catch {}   // a private window keeps nothing
}
const full = () => document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()
const help = () => keys.open ? keys.close() : keys.showModal()
const black = () => { if (speaks) send('black'); else body.classList.toggle('black') }
const first = () => show(0, 0)
const last = () => show(slides.length - 1, 99)
const acts = { on, back, notes, full, dark, keys: help }
const byKey = { ArrowRight: on, ArrowDown: on, PageDown: on, ' ': on, ArrowLeft: back, ArrowUp: back, PageUp: back, Home: first, End: last,
  s: notes, f: full, d: dark, b: black, '.': black, '?': help }

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key
  if (keys.open && key !== '?') return
  if (key === ' ' && e.target.closest('button, a, summary')) return
  const narrow = matchMedia('(max-width: 700px)').matches
  const scrolls = /^(Arrow(Up|Down)|Page|Home|End)/.test(key) && (narrow || e.target.closest('.spoken'))
  if (!byKey[key] || scrolls) return
  e.preventDefault()
  if (key === ' ' && e.shiftKey) back()
  else byKey[key]()
})
for (const button of document.querySelectorAll('[data-do]')) button.addEventListener('click', () => acts[button.dataset.do]())

let from
addEventListener('touchstart', (e) => { from = e.touches.length === 1 && !e.target.closest('.table, nav') ? e.touches[0] : null }, { passive: true })
addEventListener('touchend', (e) => {
  if (!from) return
  const x = e.changedTouches[0].clientX - from.clientX, y = e.changedTouches[0].clientY - from.clientY
  if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) { if (x < 0) on(); else back() }
}, { passive: true })
let still
addEventListener('pointermove', () => {
  body.classList.add('moved')
  clearTimeout(still)
  still = setTimeout(() => body.classList.remove('moved'), 1500)
})

const named = () => slides.findIndex((s) => s.id === decodeURIComponent(location.hash.slice(1)))
addEventListener('hashchange', () => { if (named() >= 0 && named() !== at) show(named(), 0) })
try { root.dataset.theme = localStorage.getItem('companion-theme') || '' } catch {}
if (!root.dataset.theme) delete root.dataset.theme
document.querySelector('nav').hidden = false
body.classList.add('on')
if (speaks) speaker()
show(Math.max(0, named()), 0, 'first')
if (speaks) send('hello')
