// The addresses that get no e-mail, and how one gets it again.
import {get, query as queryOf, remove, repeat} from './api.js';
import {add, ask, h, number, pill, replace, text, time, toast, visible} from './dom.js';

export const title = 'Suppressed addresses';

/** The hub tells no more of them. */
const MOST = 1000;

export function show(root, {query, viewer, go}) {
  const search = h('input', {type: 'search', id: 'f-address', value: query.get('q') || '', placeholder: 'Part of an address  ( / )', spellcheck: 'false', autocomplete: 'off'});
  const note = h('p', {class: 'muted small', role: 'status'});
  const body = h('tbody');
  const table = h('table', {class: 'list suppressed', hidden: true}, h('caption', {class: 'away'}, 'Addresses that get no e-mail, the latest first'),
    h('thead', {}, h('tr', {}, ['Address', 'Why', 'Told by', 'Since', 'Event', ''].map(name => name ? h('th', {scope: 'col'}, name) : h('td')))), body);
  const empty = h('p', {class: 'empty', hidden: true});
  add(root, h('p', {class: 'crumbs'}, h('a', {href: '/console/health', 'data-nav': true}, '← Health')),
    h('div', {class: 'row between'}, h('h1', {}, 'Suppressed addresses'), note),
    h('p', {class: 'muted small'}, 'Their server refused an e-mail for good, or their owner complained. What is sent to them is left out.'),
    h('div', {class: 'filters'}, h('div', {class: 'field grow'}, h('label', {for: search.id}, 'Search'), search)), table, empty);

  let all = null;
  function list() {
    const found = matching(all, search.value);
    replace(note, number(found.length), ' of ', number(all.length), all.length >= MOST ? ', the latest only' : '');
    table.hidden = found.length === 0;
    empty.hidden = found.length > 0;
    replace(empty, all.length ? 'Nothing matches.' : 'Every address gets its e-mail.');
    replace(body, found.map(row));
  }
  search.addEventListener('input', () => {
    go('/console/suppressions' + queryOf({q: search.value.trim()}), {silent: true});
    if (all) list();
  });

  function row(one) {
    return h('tr', {'data-row': true, tabindex: -1},
      h('td', {class: 'wide mono'}, text(one.address)),
      h('td', {}, pill(one.reason)),
      h('td', {class: 'name'}, text(one.provider)),
      h('td', {}, time(one.at)),
      h('td', {}, one.eventId ? h('a', {href: '/console/events/' + encodeURIComponent(one.eventId), 'data-nav': true, 'data-open': true, 'aria-label': 'Event of ' + visible(one.address)}, 'event') : null),
      h('td', {class: 'acts'}, viewer ? null : h('button', {type: 'button', 'aria-label': 'Lift ' + visible(one.address), onclick: () => lift(one)}, 'Lift …')));
  }

  async function lift(one) {
    try {
      const yes = await ask('Send to this address again?', h('div', {}, h('p', {class: 'mono'}, text(one.address)),
        h('p', {}, one.reason === 'complaint' ? 'Its owner complained: ask before you send. ' : 'Its server refused: make sure that it takes mail now. ',
          'The next bounce or complaint puts it back on the list.')), 'Lift');
      if (!yes) return;
      await remove('/suppressions/' + encodeURIComponent(one.address));
      toast(visible(one.address) + ' gets e-mail again');
    } catch (error) {
      toast(error.message, true);
    }
    live.now();
  }

  const live = repeat(async signal => {
    let answer;
    try {
      answer = await get('/suppressions', signal);
    } catch (error) {
      if (error.status === 404) {
        live.stop();
        table.hidden = true;
        empty.hidden = false;
        replace(empty, 'This hub keeps no such list: its routes lack routes/email.');
      }
      throw error;
    }
    const shown = JSON.stringify(answer.suppressions);
    if (all && JSON.stringify(all) === shown) return;
    all = answer.suppressions;
    list();
  }, 10000);
  return live;
}

/** Those whose address contains the text. */
export function matching(suppressions, wanted) {
  const word = wanted.trim().toLowerCase();
  return suppressions.filter(one => one.address.toLowerCase().includes(word));
}
