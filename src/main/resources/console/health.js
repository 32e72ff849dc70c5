// What the health checks say.
import {get, repeat} from './api.js';
import {h, pill, replace, text} from './dom.js';

export const title = 'Health';

export function show(root) {
  const head = h('div', {class: 'row'});
  const body = h('tbody');
  root.append(h('div', {class: 'row between'}, h('h1', {}, 'Health'), head),
    h('table', {class: 'list'}, h('caption', {class: 'away'}, 'Health checks'),
      h('thead', {}, h('tr', {}, ['Check', 'State', 'What it says', 'Counts for'].map(name => h('th', {scope: 'col'}, name)))), body),
    h('p', {class: 'muted small'}, 'The same at ', h('code', {}, '/observe/health'), ' of the management port. A check that counts for ready takes this node off the load balancer while it is down.'));
  return repeat(async signal => {
    const health = await get('/health', signal);
    replace(head, h('span', {class: 'muted'}, 'all in all '), pill(health.status));
    const order = {down: 0, unknown: 1, up: 2};
    replace(body, health.checks.sort((a, b) => order[a.status] - order[b.status] || a.name.localeCompare(b.name)).map(one => h('tr', {'data-row': true, tabindex: -1},
      h('td', {class: 'wide'}, h('strong', {}, text(one.name))),
      h('td', {}, pill(one.status)),
      h('td', {class: 'wrap'}, one.message ? text(one.message) : h('span', {class: 'muted'}, one.status === 'up' ? 'fine' : '–')),
      h('td', {class: 'muted'}, [one.ready ? 'ready' : null, one.live ? 'live' : null].filter(Boolean).join(', ') || '–'))));
  }, 5000);
}
