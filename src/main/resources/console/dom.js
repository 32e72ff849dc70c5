// Builds the page. Text from outside goes in by text(), never as markup.

/** An element; children are nodes, texts of our own, or nothing. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

export function s(tag, props = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

/** Adds children as h() does. */
export function add(element, ...children) {
  append(element, children);
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

// Control characters, and those that change a line's direction or take no room.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** What somebody else wrote, with what would not show made visible, in a line of its own direction. */
export function text(value, className = '') {
  return fill(h('bdi', {class: className || null}), String(value ?? ''));
}

/** Puts what somebody else wrote into an element. */
export function fill(element, value) {
  let from = 0;
  for (const match of value.matchAll(HIDDEN)) {
    if (match.index > from) element.append(value.slice(from, match.index));
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    element.append(h('span', {class: 'ctl', title: 'a character that does not show'}, 'U+' + code));
    from = match.index + match[0].length;
  }
  if (from < value.length) element.append(value.slice(from));
  return element;
}

/** The same for a title. */
export function visible(value) {
  return String(value ?? '').replace(HIDDEN, c => '⟨U+' + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟩');
}

const STATES = {
  received: 'wait', processing: 'wait', retrying: 'warn', done: 'ok', ignored: 'off', dead: 'bad',
  up: 'ok', degraded: 'warn', down: 'bad', 'not-configured': 'off', unknown: 'off',
  set: 'ok', faulty: 'bad',
  started: 'ok', suspended: 'warn', suspending: 'warn', stopped: 'bad',
  bounce: 'warn', complaint: 'bad',
  released: 'off', failed: 'bad', critical: 'bad', warning: 'warn', info: 'wait',
};

const RANKS = {down: 0, degraded: 1, unknown: 2, up: 3, 'not-configured': 4};

/** A copy with the worst first, by the field that has the state; providers come after other checks of the same state. */
export function worstFirst(list, field) {
  const rank = one => (RANKS[one[field]] ?? RANKS.unknown) + (one.name.startsWith('provider:') ? 0.5 : 0);
  return [...list].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

export function pill(state) {
  return h('span', {class: 'pill ' + (STATES[state] || 'off')}, state);
}

const DATE = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
const TO_THE_MILLISECOND = new Intl.DateTimeFormat(undefined, {year: 'numeric', month: 'short', day: 'numeric',
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3});

export function ago(then, now = Date.now()) {
  const seconds = Math.round((now - then) / 1000);
  const size = Math.abs(seconds);
  const words = size < 60 ? size + ' s' : size < 3600 ? Math.round(size / 60) + ' min'
    : size < 172800 ? Math.round(size / 3600) + ' h' : Math.round(size / 86400) + ' d';
  return size < 2 ? 'now' : seconds < 0 ? 'in ' + words : words + ' ago';
}

/** A time that keeps itself up to date. */
export function time(iso) {
  if (!iso) return h('span', {class: 'muted'}, '–');
  const then = new Date(iso);
  return h('time', {datetime: iso, title: DATE.format(then) + ' · ' + iso, 'data-ago': ''}, ago(then));
}

export function exact(iso) {
  return h('time', {datetime: iso, title: iso}, TO_THE_MILLISECOND.format(new Date(iso)));
}

setInterval(() => {
  for (const one of document.querySelectorAll('time[data-ago]')) {
    const words = ago(new Date(one.dateTime));
    if (one.textContent !== words) one.textContent = words;
  }
}, 5000);

export function span(seconds) {
  return seconds < 60 ? seconds + ' s' : seconds < 3600 ? Math.floor(seconds / 60) + ' min'
    : seconds < 172800 ? (seconds / 3600).toFixed(1) + ' h' : Math.floor(seconds / 86400) + ' d';
}

export function number(value) {
  return value === null || value === undefined ? '–' : Number(value).toLocaleString('en');
}

export function millis(value) {
  return value === null || value === undefined ? '–'
    : value < 1000 ? Math.round(value) + ' ms' : (value / 1000).toFixed(value < 10000 ? 1 : 0) + ' s';
}

export function toast(message, bad = false) {
  const one = h('div', {class: 'toast' + (bad ? ' bad' : '')}, message);
  document.getElementById('toasts').append(one);
  setTimeout(() => one.remove(), bad ? 8000 : 4000);
}

/** Asks before something happens; resolves to whether it shall. */
export function ask(title, body, action) {
  return new Promise(resolve => {
    let yes = false;
    const dialog = h('dialog', {'aria-labelledby': 'ask-title', onclose: () => { dialog.remove(); resolve(yes); }},
      h('h2', {id: 'ask-title'}, title), body,
      h('div', {class: 'row end'},
        h('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel'),
        h('button', {type: 'button', class: 'primary', autofocus: true, onclick: () => { yes = true; dialog.close(); }}, action)));
    document.body.append(dialog);
    dialog.showModal();
  });
}

export async function copy(value) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // Without https a browser lends the clipboard only to a selection.
    const area = h('textarea', {class: 'away', 'aria-hidden': 'true'});
    area.value = value;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast('Copied');
}
