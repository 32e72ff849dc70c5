// What nobody finished, by what went wrong; a hundred failures of one cause are one line.
import {get, post, query as queryOf, remove, repeat} from './api.js';
import {add, ask, h, number, replace, text, time, toast, visible} from './dom.js';

export const title = 'Dead letters';

export function show(root, {query, viewer, go}) {
  const body = h('tbody');
  const table = h('table', {class: 'list dead'}, h('caption', {class: 'away'}, 'Dead events by type and error'),
    h('thead', {}, h('tr', {}, [['Events', 'num'], ['Type'], ['Source'], ['Error'], ['Handler'], ['Newest'], ['']].map(([name, c]) =>
      name ? h('th', {scope: 'col', class: c || null}, name) : h('td')))), body);
  const job = h('section', {'aria-label': 'Replay', 'aria-live': 'polite'});
  const empty = h('p', {class: 'empty', hidden: true}, 'Nothing is dead.');
  const partly = h('p', {class: 'muted small', hidden: true}, 'There is more than this: only the newest were grouped. A replay of a group takes all of it.');
  add(root, h('h1', {}, 'Dead letters'), job, table, empty, partly);

  const groups = repeat(async signal => {
    const answer = await get('/dead-letters', signal);
    if (answer === groups.last) return;
    groups.last = answer;
    table.hidden = answer.groups.length === 0;
    empty.hidden = answer.groups.length > 0;
    partly.hidden = answer.complete;
    replace(body, answer.groups.map(row));
  }, 4000);

  function row(group) {
    const which = {status: 'dead', source: group.source, type: group.type, error: group.error};
    return h('tr', {'data-row': true},
      h('td', {class: 'num' + (group.count === 1 ? ' one' : '')}, h('strong', {}, number(group.count))),
      h('td', {class: 'wide'}, text(group.type)),
      h('td', {class: 'name'}, text(group.source)),
      h('td', {class: 'error wrap'}, group.error ? text(group.error) : 'no error text'),
      h('td', {class: 'name'}, group.route ? text(group.route) : 'several'),
      h('td', {}, time(group.newestAt)),
      h('td', {class: 'acts'},
        h('a', {class: 'button', 'data-open': true, href: '/console/events' + queryOf({...which, type: exactly(group.type)}), 'data-nav': true, 'aria-label': 'Show events of ' + visible(group.type)}, 'Show'),
        viewer ? null : h('button', {type: 'button', 'aria-label': 'Replay events of ' + visible(group.type), onclick: () => replay(which)}, 'Replay …')));
  }

  async function replay(which) {
    try {
      const filter = {...which, type: exactly(which.type)};
      const {count} = await post('/replays', {...filter, dryRun: true});
      if (count === 0) {
        toast('There is nothing to run: they are gone, or no handler takes them.');
        return;
      }
      const yes = await ask('Replay ' + number(count) + (count === 1 ? ' event?' : ' events?'),
        h('div', {}, h('p', {}, text(which.source), ' · ', text(which.type)), h('p', {class: 'error'}, text(which.error)),
          h('p', {class: 'muted'}, 'They run through today’s routes, the oldest first. What a handler has done already is not done again.')),
        'Replay ' + number(count));
      if (!yes) return;
      const begun = await post('/replay-jobs', filter);
      go('/console/dead-letters?job=' + begun.id, {silent: true});
      watch(begun.id);
    } catch (error) {
      toast(error.message, true);
    }
  }

  let watching = null;
  function watch(id) {
    if (watching) watching.stop();
    watching = repeat(async signal => {
      let one;
      try {
        one = await get('/replay-jobs/' + encodeURIComponent(id), signal);
      } catch (error) {
        if (error.status === 404) {
          watching.stop();
          replace(job);
        }
        throw error;
      }
      const running = one.state === 'running';
      replace(job, h('div', {class: 'panel job'},
        h('div', {class: 'row between'}, h('strong', {}, {
          running: 'Putting back', done: 'Put back', cancelled: 'Cancelled', failed: 'Failed', interrupted: 'Interrupted',
        }[one.state] + ': ' + number(one.done) + ' of ' + number(one.total)),
        running ? viewer ? null : h('button', {type: 'button', onclick: () => remove('/replay-jobs/' + id).then(() => watching.now(), error => toast(error.message, true))}, 'Cancel')
          : h('button', {type: 'button', class: 'quiet', onclick: () => { watching.stop(); replace(job); go('/console/dead-letters', {silent: true}); }}, 'Close')),
        h('progress', {max: Math.max(1, one.total), value: one.done, 'aria-label': 'Events put back'}),
        h('p', {class: 'muted small'}, 'by ', text(one.startedBy), ', ', time(one.startedAt),
          one.state === 'failed' ? ' – the log says why; replay again to go on' : one.state === 'interrupted' ? ' – the node that did it is gone; replay again to go on' : null)));
      if (!running) {
        watching.stop();
        groups.now();
      }
    }, 400);
  }
  if (query.get('job')) watch(query.get('job'));

  return {stop() {
    groups.stop();
    if (watching) watching.stop();
  }};
}

/** The server reads commas, stars and blanks at the ends of types as more than themselves, but for those behind a backslash. */
export function exactly(type) {
  return type.replace(/[\\,*]|^\s|\s$/g, '\\$&');
}
