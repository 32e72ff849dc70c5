// The frame around the pages: addresses, session, keyboard, light and dark.
import {api, get, on, repeat} from './api.js';
import {h, number, replace, text, toast} from './dom.js';
import {KEYS, place, rowAfter} from './keyboard.js';
import {pageAt} from './pages.js';
import {askForKey} from './sign-in.js';

const main = document.getElementById('main');
let current = null;
let me = null;
let asking = false;
let counting = null;
let reloads = null;

function show() {
  if (current) current.stop();
  current = null;
  const found = pageAt(location.pathname);
  if (!found) {
    replace(main, h('p', {class: 'empty'}, 'There is no such page.'));
    return;
  }
  const {tab, page, part} = found;
  for (const one of document.querySelectorAll('[data-page]')) {
    if (one.dataset.page === tab) one.setAttribute('aria-current', 'page');
    else one.removeAttribute('aria-current');
  }
  replace(main);
  document.title = page.title + ' · Integration Master';
  current = page.show(main, {part, query: new URLSearchParams(location.search), viewer: me.role !== 'operator', go});
}

/** Goes to another view, or changes what the address says of this one. */
function go(path, {silent = false} = {}) {
  history[silent ? 'replaceState' : 'pushState'](null, '', path);
  if (!silent) {
    show();
    scrollTo(0, 0);
  }
}

document.addEventListener('click', event => {
  const link = event.target.closest('a[data-nav]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (me) go(link.getAttribute('href'));
});
addEventListener('popstate', () => { if (me) show(); });

// --- Session

async function begin() {
  try {
    me = await get('/me');
  } catch (error) {
    if (error.status === 403) refuse(error);
    else if (error.away) setTimeout(begin, 2000);
    return;
  }
  replace(document.getElementById('who'), text(me.name), me.role === 'viewer' ? ' (read-only)' : '');
  document.getElementById('sign-out').hidden = false;
  show();
  if (counting) counting.stop();
  counting = repeat(countDead, 10000);
  if (reloads) reloads.stop();
  reloads = repeat(showReload, 2000);
}

/** In development mode: why the last saved files were not taken over. */
async function showReload(signal) {
  const state = await get('/dev', signal);
  if (!state.dev && reloads) reloads.stop();
  const banner = document.getElementById('reload');
  banner.hidden = !state.failed;
  if (!state.failed) return;
  const faults = state.faults.map(fault => h('div', {}, h('code', {}, text(fault.where)), ': ',
    text(fault.what + (fault.remedy ? '; ' + fault.remedy : ''))));
  replace(banner, h('div', {}, 'What was saved is not taken over; the version before runs.'), ...faults);
}

async function countDead(signal) {
  const stats = await get('/stats', signal);
  const count = document.getElementById('dead-count');
  count.hidden = stats.dead === 0;
  replace(count, number(stats.dead));
}

/** Somebody is logged in, but not as an operator. */
function refuse(error) {
  document.getElementById('sign-out').hidden = false;
  replace(main, h('div', {class: 'panel narrow'}, h('h1', {}, 'Not for you'), h('p', {}, text(error.message)),
    h('p', {class: 'muted'}, 'Sign out and come back with the operators’ key, or ask to be put on the list.')));
}

on('expired', async () => {
  if (asking) return;
  asking = true;
  if (current) current.stop();
  current = null;
  if (counting) counting.stop();
  await askForKey(me !== null);
  asking = false;
  begin();
});

document.getElementById('sign-out').addEventListener('click', async () => {
  try {
    await api('/console/sign-out', {method: 'POST'});
  } catch (error) {
    toast(error.message, true);
    return;
  }
  location.assign('/console/');
});

const trouble = document.getElementById('trouble');
on('trouble', message => {
  if (trouble.hidden || trouble.textContent !== message) replace(trouble, message);
  trouble.hidden = false;
});
on('fine', () => { trouble.hidden = true; });

// --- Light and dark

const THEMES = ['auto', 'light', 'dark'];
const LABELS = {auto: 'Auto', light: 'Light', dark: 'Dark'};
const themeButton = document.getElementById('theme');

function theme() {
  try {
    return THEMES.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'auto';
  } catch {
    return 'auto';
  }
}

function paint() {
  document.documentElement.dataset.theme = theme();
  replace(themeButton, LABELS[theme()]);
  themeButton.setAttribute('aria-label', 'Colours: ' + LABELS[theme()]);
}

function nextTheme() {
  try {
    localStorage.setItem('theme', THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  } catch { /* it stays for this page */ }
  paint();
}
themeButton.addEventListener('click', nextTheme);
paint();

// --- Keyboard

function help() {
  if (document.querySelector('dialog[open]')) return;
  const dialog = h('dialog', {'aria-labelledby': 'help-title', onclose: () => dialog.remove()},
    h('h2', {id: 'help-title'}, 'Keyboard'),
    h('dl', {class: 'keys'}, KEYS.map(([key, what]) => [h('dt', {}, key.split(/\s+/).map(k => h('kbd', {}, k))), h('dd', {}, what)])),
    h('div', {class: 'row end'}, h('button', {type: 'button', autofocus: true, onclick: () => dialog.close()}, 'Close')));
  document.body.append(dialog);
  dialog.showModal();
}
document.getElementById('keys').addEventListener('click', help);

let pressedG = 0;

function step(by) {
  const rows = [...main.querySelectorAll('[data-row]')];
  if (!rows.length) return;
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const next = rows[rowAfter(at, by, rows.length)];
  (next.querySelector('a[data-open]') || next).focus();
  next.scrollIntoView({block: 'nearest'});
}

addEventListener('keydown', event => {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  if (event.key === 'Escape' && typing) event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') || !me) return;
  const path = place(event.key, Date.now() - pressedG);
  pressedG = 0;
  if (path) {
    event.preventDefault();
    go(path);
  } else if (event.key === '/') {
    event.preventDefault();
    const search = main.querySelector('input[type=search]');
    if (search) search.focus();
    else go('/console/events');
  } else if (event.key === 'j') step(1);
  else if (event.key === 'k') step(-1);
  else if (event.key === 'g') pressedG = Date.now();
  else if (event.key === 't') nextTheme();
  else if (event.key === '?') help();
});

begin();
