// What the health checks say.
import {get, repeat} from './api.js';
import {add, h, pill, replace, text, time, worstFirst} from './dom.js';

export const title = 'Health';

export function show(root) {
  const head = h('div', {class: 'row', role: 'status'});
  const body = h('tbody');
  add(root, h('div', {class: 'row between'}, h('h1', {}, 'Health'), head),
    h('table', {class: 'list checks'}, h('caption', {class: 'away'}, 'Health checks'),
      h('thead', {}, h('tr', {}, ['Check', 'State', 'Since', 'What it says'].map(name => h('th', {scope: 'col'}, name)))), body),
    h('p', {class: 'muted small'}, 'For machines: ', h('code', {}, '/observe/health'), ' of the management port. Only the event store takes a node off the load balancer; a provider that is down never does.'));
  return repeat(async signal => {
    const {checks} = await get('/health', signal);
    const worst = ['down', 'degraded'].find(state => checks.some(one => one.state === state)) || 'up';
    replace(head, h('span', {class: 'muted'}, 'all in all '), pill(worst));
    replace(body, worstFirst(checks, 'state').map(one => h('tr', {'data-row': true, tabindex: -1},
      h('td', {class: 'wide'}, h('strong', {}, text(one.name))),
      h('td', {}, pill(one.state)),
      h('td', {}, time(one.since)),
      h('td', {class: 'wrap'}, one.detail ? text(one.detail) : h('span', {class: 'muted'}, '–')))));
  }, 5000);
}
