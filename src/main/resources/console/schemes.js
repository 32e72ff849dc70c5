// The senders whose webhooks can be verified, and the variables that each needs.
import {get, query as queryOf, repeat} from './api.js';
import {add, h, number, pill, replace, text} from './dom.js';

export const title = 'Schemes';

export function show(root, {query, go}) {
  const search = h('input', {type: 'search', id: 'f-sender', value: query.get('q') || '', placeholder: 'Name or variable  ( / )', spellcheck: 'false', autocomplete: 'off'});
  const note = h('p', {class: 'muted small', role: 'status'});
  const body = h('tbody');
  const table = h('table', {class: 'list schemes'}, h('caption', {class: 'away'}, 'Schemes'),
    h('thead', {}, h('tr', {}, ['Sender', 'Verified by', 'Variables', 'State', 'Documentation'].map(name => h('th', {scope: 'col'}, name)))), body);
  const empty = h('p', {class: 'empty', hidden: true}, 'Nothing matches.');
  add(root, h('div', {class: 'row between'}, h('h1', {}, 'Schemes'), note),
    h('div', {class: 'filters'}, h('div', {class: 'field grow'}, h('label', {for: search.id}, 'Search'), search)), table, empty,
    h('p', {class: 'muted small'}, h('code', {}, 'hub.sources'), ' opens sources of them by their names; one of your own is a file in ', h('code', {}, 'routes/schemes'), '.'));

  let schemes = [];
  function list() {
    const found = matching(schemes, search.value);
    replace(note, number(found.length), ' of ', number(schemes.length));
    table.hidden = found.length === 0;
    empty.hidden = found.length > 0 || schemes.length === 0;
    replace(body, found.map(row));
  }
  search.addEventListener('input', () => {
    go('/console/schemes' + queryOf({q: search.value.trim()}), {silent: true});
    list();
  });

  return repeat(async signal => {
    const answer = await get('/schemes', signal);
    if (answer.schemes === schemes) return;
    schemes = answer.schemes;
    list();
  }, 10000);
}

/** Those whose name, title or variable contains the text; configured ones first, then by title. */
export function matching(schemes, wanted) {
  const word = wanted.trim().toLowerCase();
  return schemes
    .filter(one => [one.name, one.title, ...one.variables].some(part => part.toLowerCase().includes(word)))
    .sort((a, b) => (b.configured === true) - (a.configured === true) || a.title.localeCompare(b.title));
}

/** What is to be said of its variables. */
export function stateOf(one) {
  return one.fault ? 'faulty' : one.configured === null ? '' : one.configured ? 'set' : 'not set';
}

function row(one) {
  const state = stateOf(one);
  return h('tr', {'data-row': true, tabindex: -1},
    h('td', {class: 'wide'}, h('strong', {}, text(one.title)), ' ', h('span', {class: 'muted mono'}, text(one.name)),
      one.own ? h('div', {class: 'muted small'}, 'Your own.') : null, one.fault ? h('div', {class: 'error small'}, text(one.fault)) : null),
    h('td', {}, one.verify ? text(one.verify) : null),
    h('td', {class: 'mono small wrap'}, one.variables.map(name => h('div', {}, text(name)))),
    h('td', {}, state ? pill(state) : null),
    h('td', {}, /^https?:\/\//.test(one.docs || '') ? h('a', {href: one.docs, target: '_blank', rel: 'noreferrer', 'aria-label': 'Documentation of ' + one.title}, 'docs ↗') : null));
}
