// Looks for events; new ones appear by themselves.
import {get, query as queryOf, repeat} from './api.js';
import {add, h, number, pill, replace, text, time, visible} from './dom.js';

export const title = 'Events';

const STATES = ['received', 'processing', 'retrying', 'done', 'ignored', 'dead'];
const LAST = {'15m': 15, '1h': 60, '24h': 1440, '7d': 10080};
const NAMES = ['q', 'source', 'type', 'status', 'last', 'since', 'until', 'error', 'cursor'];

export function show(root, {query, go}) {
  const given = Object.fromEntries(NAMES.map(name => [name, query.get(name) || '']));
  const sources = h('select', {id: 'f-source', name: 'source'}, h('option', {value: ''}, 'any source'),
    given.source ? h('option', {value: given.source, selected: true}, given.source) : null);
  const states = h('select', {id: 'f-status', name: 'status'}, h('option', {value: ''}, 'any state'),
    STATES.map(one => h('option', {value: one, selected: one === given.status}, one)));
  const last = h('select', {id: 'f-last', name: 'last'}, h('option', {value: ''}, 'any time'),
    Object.entries({'15m': 'last 15 minutes', '1h': 'last hour', '24h': 'last 24 hours', '7d': 'last 7 days'})
      .map(([value, label]) => h('option', {value, selected: value === given.last}, label)),
    h('option', {value: 'between', selected: Boolean(given.since || given.until)}, 'between …'));
  const since = h('input', {type: 'datetime-local', id: 'f-since', name: 'since', value: local(given.since)});
  const until = h('input', {type: 'datetime-local', id: 'f-until', name: 'until', value: local(given.until)});
  const between = h('div', {class: 'row', hidden: !(given.since || given.until)},
    labelled('from', since), labelled('until', until));
  const search = h('input', {type: 'search', id: 'f-q', name: 'q', value: given.q, placeholder: 'Id, provider’s id, type or error  ( / )', spellcheck: 'false', autocomplete: 'off'});
  const types = h('input', {type: 'text', id: 'f-type', name: 'type', value: given.type, placeholder: 'type, * for any', spellcheck: 'false', autocomplete: 'off'});

  function apply() {
    const next = addressOf({q: search.value.trim(), source: sources.value, type: types.value.trim(), status: states.value, error: given.error,
      last: last.value, since: since.value, until: until.value});
    if (next !== location.pathname + location.search) go(next);
  }
  const form = h('form', {class: 'filters', role: 'search', onsubmit: event => { event.preventDefault(); apply(); }},
    labelled('Search', search, 'grow'), labelled('Source', sources), labelled('Type', types), labelled('State', states), labelled('Time', last), between,
    h('button', {type: 'submit', class: 'primary'}, 'Search'),
    NAMES.some(name => given[name]) ? h('a', {class: 'button', href: '/console/events', 'data-nav': true}, 'Clear') : null);
  for (const one of [sources, states]) one.addEventListener('change', apply);
  last.addEventListener('change', () => {
    between.hidden = last.value !== 'between';
    if (last.value !== 'between') apply();
    else since.focus();
  });

  const body = h('tbody');
  const table = h('table', {class: 'list events'}, h('caption', {class: 'away'}, 'Events, newest first'),
    h('thead', {}, h('tr', {}, ['State', 'Type', 'Source', 'Provider’s id', 'Attempts', 'Received', 'Last error'].map(name => h('th', {scope: 'col', class: name === 'Attempts' ? 'num' : null}, name)))), body);
  const note = h('p', {class: 'muted small', role: 'status'});
  const older = h('div', {class: 'row'});
  const empty = h('p', {class: 'empty', hidden: true});
  add(root, h('div', {class: 'row between'}, h('h1', {}, 'Events'), note), form,
    given.error ? h('p', {class: 'chip'}, 'error ', text(given.error),
      h('a', {href: '/console/events' + queryOf({...given, error: '', cursor: ''}), 'data-nav': true, 'aria-label': 'Drop this filter'}, '×')) : null,
    table, empty, older);

  let shown = null;
  let ids = null;
  const live = repeat(async signal => {
    let page;
    try {
      page = await get('/events' + queryOf(asked(given, Date.now())), signal);
    } catch (error) {
      if (error.name !== 'AbortError') replace(note, 'not live');
      if (error.status === 400) {
        empty.hidden = false;
        table.hidden = true;
        replace(empty, text(error.message));
      }
      throw error;
    }
    replace(note, given.cursor ? 'older events' : [h('span', {class: 'pulse', 'aria-hidden': 'true'}), 'live']);
    if (page === shown) return;
    shown = page;
    const fresh = added(ids, page.events);
    ids = new Set(page.events.map(one => one.id));
    const at = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    replace(body, page.events.map(one => row(one, fresh.has(one.id))));
    if (at) [...body.querySelectorAll('a[data-open]')].find(link => link.getAttribute('href') === at)?.focus({preventScroll: true});
    table.hidden = page.events.length === 0;
    empty.hidden = page.events.length > 0;
    replace(empty, NAMES.some(name => given[name]) ? 'Nothing matches.' : 'No events yet. The first one shows up here by itself.');
    replace(older, given.cursor ? h('a', {class: 'button', href: '/console/events' + queryOf({...given, cursor: ''}), 'data-nav': true}, '← Newest') : null,
      page.nextCursor ? h('a', {class: 'button', href: '/console/events' + queryOf({...given, cursor: page.nextCursor}), 'data-nav': true}, 'Older →') : null);
  }, 2500);

  const known = repeat(async signal => {
    const stats = await get('/stats', signal);
    if (document.activeElement === sources) return;
    const names = new Set([...stats.sources.map(one => one.source), given.source].filter(Boolean));
    replace(sources, h('option', {value: ''}, 'any source'), [...names].sort().map(name => h('option', {value: name, selected: name === sources.value || name === given.source}, visible(name))));
  }, 30000);

  return {stop() {
    live.stop();
    known.stop();
  }};
}

/** The address of this page for what the form says; since and until are local times. */
export function addressOf({last, since, until, ...values}) {
  const utc = local => local ? new Date(local).toISOString() : '';
  return '/console/events' + queryOf({...values, ...(last === 'between' ? {since: utc(since), until: utc(until)} : {last})});
}

/** What the hub is asked for what the address says. */
export function asked({last, ...given}, now) {
  if (!Object.hasOwn(LAST, last)) return given;
  // To the minute, so that the same question has the same name.
  return {...given, since: new Date(Math.floor(now / 60000) * 60000 - LAST[last] * 60000).toISOString()};
}

/** Ids of the events that were not there before; none the first time, when ids is null. */
export function added(ids, events) {
  return new Set(events.map(one => one.id).filter(id => ids && !ids.has(id)));
}

function labelled(name, input, className = '') {
  return h('div', {class: 'field ' + className}, h('label', {for: input.id}, name), input);
}

/** The value of a field for local times. */
export function local(iso) {
  if (!iso) return '';
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function row(one, fresh) {
  return h('tr', {class: fresh ? 'fresh' : null, 'data-row': true, onclick: event => {
    if (!event.target.closest('a') && !getSelection().toString()) event.currentTarget.querySelector('a').click();
  }},
    h('td', {}, pill(one.status)),
    h('td', {class: 'wide'}, h('a', {href: '/console/events/' + one.id, 'data-nav': true, 'data-open': true}, text(one.type)),
      one.arrivedBy ? h('span', {class: 'muted small'}, ' by ', text(one.arrivedBy)) : null),
    h('td', {class: 'name'}, text(one.source)),
    h('td', {class: 'mono clip', title: visible(one.providerEventId)}, text(one.providerEventId)),
    h('td', {class: 'num'}, number(one.attempts)),
    h('td', {}, time(one.receivedAt)),
    h('td', {class: (one.status === 'done' ? 'muted' : 'error') + ' clip last', title: visible(one.lastError || '')},
      one.nextAttemptAt ? h('span', {class: 'muted'}, 'next ', time(one.nextAttemptAt), ' · ') : null, one.lastError ? text(brief(one.lastError)) : ''));
}

/** Without the step and its place in the file, which come first: what it says matters most. */
export function brief(error) {
  return error.replace(/^[^:(]{1,200}( \([^)]{1,300}\))?: (?=\S)/, '');
}
