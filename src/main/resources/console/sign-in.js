// Asks for the operators' key, over whatever was there.
import {api} from './api.js';
import {h, replace, text} from './dom.js';

/** Resolves when somebody has signed in. */
export function askForKey(again) {
  return new Promise(resolve => {
    let done = false;
    const complaint = h('p', {class: 'complaint', role: 'alert'});
    const input = h('input', {type: 'password', id: 'key', name: 'key', autocomplete: 'current-password', required: true, autofocus: true, spellcheck: 'false'});
    const button = h('button', {class: 'primary', type: 'submit'}, 'Sign in');
    const others = h('div', {class: 'others'});
    const form = h('form', {onsubmit: async event => {
      event.preventDefault();
      button.disabled = true;
      replace(complaint);
      try {
        await api('/console/sign-in', {method: 'POST', body: {key: input.value.trim()}});
        done = true;
        dialog.close();
      } catch (error) {
        replace(complaint, text(error.message));
        input.select();
      } finally {
        button.disabled = false;
      }
    }},
      h('label', {for: 'key'}, 'Operators’ key'), input, complaint, button);
    const dialog = h('dialog', {class: 'sign-in', 'aria-labelledby': 'sign-in-title',
      oncancel: event => event.preventDefault(),
      onclose: () => {
        if (!done) {
          dialog.showModal();
          return;
        }
        dialog.remove();
        resolve();
      }},
      h('img', {src: '/console/icon.svg', alt: '', width: 36, height: 36}),
      h('h1', {id: 'sign-in-title'}, again ? 'Your session is over' : 'Integration Master'),
      h('p', {class: 'muted'}, again ? 'Sign in again to go on where you were.' : 'Sign in to see what the hub is doing.'),
      form, others,
      h('p', {class: 'muted small'}, 'HUB_ADMIN_KEY; without it the hub made one at its first start and printed it once.'));
    document.body.append(dialog);
    dialog.showModal();
    offer(others);
  });
}

/** Logins that are set up. */
async function offer(others) {
  try {
    const {logins} = await api('/console/logins');
    const back = encodeURIComponent(location.pathname + location.search);
    replace(others, logins.map(login => h('a', {class: 'button', href: '/api/auth/' + encodeURIComponent(login.name) + '/login?returnTo=' + back},
      h('span', {}, 'Sign in with ', text(login.title)))));
  } catch { /* the key is enough */ }
}
