// Light and dark, the search, and what a keyboard needs to scroll wide code. No page needs it to be read.
const root = document.documentElement
const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
document.querySelector('.theme').addEventListener('click', () => {
  root.dataset.theme = dark() ? 'light' : 'dark'
  try { localStorage.setItem('companion-theme', root.dataset.theme) } catch {}   // a private window keeps nothing
})

const side = document.querySelector('.side details')
const narrow = matchMedia('(max-width: 1099px)')
const fold = () => { if (side) side.open = !narrow.matches }
narrow.addEventListener('change', fold)
fold()

const reachable = () => {
  for (const box of document.querySelectorAll('pre, .wide'))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0
    else box.removeAttribute('tabindex')
}
addEventListener('resize', reachable)
addEventListener('toggle', reachable, true)
reachable()

const field = document.querySelector('[type=search]')
const found = document.querySelector('.found')
let loading
const index = () => loading ??= new Promise((done, fail) => {
  const script = document.createElement('script')
  script.src = 'search.js'
  script.onload = () => done(window.COMPANION_SEARCH)
  script.onerror = fail
  document.head.append(script)
})

// Every word must be there; a word in a heading counts more than one in the text, an early one more than a late one.
function best(pages, words) {
  const hits = []
  for (const [page, chapter, sections] of pages)
    for (const [anchor, heading, text] of sections) {
      const head = `${chapter} ${heading}`.toLowerCase(), body = text.toLowerCase()
      let score = 0
      for (const word of words) {
        const at = body.indexOf(word)
        if (!head.includes(word) && at < 0) { score = 0; break }
        score += (heading.toLowerCase().includes(word) ? 8 : head.includes(word) ? 2 : 0) + (at < 0 ? 0 : 1 + 1 / (1 + at / 200))
      }
      if (score) hits.push({ score, page, chapter, anchor, heading, text, at: Math.max(0, body.indexOf(words[0])) })
    }
  return hits.sort((a, b) => b.score - a.score).slice(0, 8)
}

function marked(text, words) {
  const part = document.createElement('span')
  const found = new RegExp(`(${words.map((w) => w.replace(/[^\p{L}\p{N}]/gu, '\\$&')).join('|')})`, 'gi')
  for (const [i, piece] of text.split(found).entries()) {
    if (i % 2) part.append(Object.assign(document.createElement('mark'), { textContent: piece }))
    else part.append(piece)
  }
  return part
}

function row(hit, words) {
  const line = document.createElement('a')
  line.href = `${hit.page}#${hit.anchor}`
  const from = hit.at > 40 ? hit.text.indexOf(' ', hit.at - 40) + 1 : 0
  const title = Object.assign(document.createElement('b'), { textContent: hit.heading })
  const where = Object.assign(document.createElement('small'), { textContent: hit.chapter })
  line.append(title, where, marked(`${from ? '… ' : ''}${hit.text.slice(from, from + 110)} …`, words))
  return line
}

async function look() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean)
  const pages = await index().catch(() => [])
  if (words.join(' ') !== field.value.toLowerCase().split(/\s+/).filter(Boolean).join(' ')) return   // typed on meanwhile
  const hits = words.length ? best(pages, words) : []
  found.replaceChildren(...hits.map((hit) => row(hit, words)))
  if (words.length && !hits.length) found.append(Object.assign(document.createElement('p'), { textContent: 'Nothing found. Try fewer or shorter words.' }))
  found.hidden = !words.length
}
field.addEventListener('focus', index, { once: true })
field.addEventListener('input', look)
const close = () => { found.hidden = true }
document.addEventListener('click', (e) => { if (!e.target.closest('[role=search]')) close(); else if (e.target.closest('.found a')) close() })
document.addEventListener('keydown', (e) => {
  if (e.key === 'Escape' && !found.hidden) { close(); field.focus() }
  if (e.key === '/' && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) { e.preventDefault(); field.focus() }
  if (!found.hidden && /^Arrow(Down|Up)$/.test(e.key)) {
    const lines = [field, ...found.querySelectorAll('a')]
    const now = lines.indexOf(document.activeElement)
    lines[Math.min(lines.length - 1, Math.max(0, now + (e.key === 'ArrowDown' ? 1 : -1)))]?.focus()
    e.preventDefault()
  }
})
